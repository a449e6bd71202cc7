import { expect } from 'vitest';
import { eventually, type LabHandle } from './kinit.js';

/**
 * A web server as a pod on each of these nodes, with a Service of its own, from an image that the hosts have already; then every
 * pod fetches a page from every other one: from the pod, and from its Service. They are left running.
 */
export async function podsReachEachOther(cluster: LabHandle, nodes: readonly string[]): Promise<void> {
  const image = await webImage(cluster);
  for (const node of nodes) await startPod(cluster, node, image);
  await cluster.kubectl('wait --for=condition=Ready pod -l run --timeout=120s', { timeoutSeconds: 150 });
  for (const from of nodes)
    for (const to of nodes.filter((node) => node !== from)) {
      const pod = await cluster.kubectl(`get pod web-${to} -o jsonpath='{.status.podIP}'`);
      const service = await cluster.kubectl(`get service web-${to} -o jsonpath='{.spec.clusterIP}'`);
      for (const address of [pod, service])
        expect(await page(cluster, from, address), `${from} to ${address} on ${to}`).toMatch(/^HTTP\/1\.. 200 /);
    }
}

async function webImage(cluster: LabHandle): Promise<string> {
  const listed = `crictl images -o json | grep -o '"[^"]*nginx:[^"]*"' | head -1 | tr -d '"'`;
  return (await cluster.sh('node1', listed)).stdout.trim();
}

/** With its node in its specification, so that the scheduler has no say. */
async function startPod(cluster: LabHandle, node: string, image: string): Promise<void> {
  const spec = `{"spec":{"nodeName":"${node}"}}`;
  await cluster.kubectl(`run web-${node} --image=${image} --port=80 --expose --overrides='${spec}'`);
}

/** What comes back from port 80 of an address, asked from within the network of the pod on a node. */
async function page(cluster: LabHandle, node: string, address: string): Promise<string> {
  const asked = `
    pid=$(crictl inspect --output go-template --template '{{.info.pid}}' "$(crictl ps -q --name web-${node})")
    timeout 5 nsenter -t "$pid" -n bash -c '
      exec 3<> /dev/tcp/${address}/80
      printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3
      head -1 <&3'`;
  return eventually(`a page from ${address} on ${node}`, 60, async () => (await cluster.sh(node, asked)).stdout);
}
