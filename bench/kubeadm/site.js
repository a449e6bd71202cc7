import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { answersOk, clusterWorks, nodesReady } from '../lib/ask.js';
import { kinit, program } from '../lib/kinit.js';
import { onHost, sshConfig, writeInventory } from '../lib/lab.js';
import { timed } from '../lib/watch.js';

/** Everything that stands before a cluster can start; both find it in place. */
export const PREPARE =
  'hostname,hosts-file,packages,time,swap,selinux,firewall,modules,sysctls,binaries,runtime,traces,images,kubelet';
/** What kubeadm waits for, and the API's own word on whether it is ready. */
const PORTS = {
  apiServer: { port: 6443, path: '/livez' },
  ready: { port: 6443, path: '/readyz' },
  controllerManager: { port: 10257, path: '/healthz' },
  scheduler: { port: 10259, path: '/livez' },
};
const STOCK = readFileSync(new URL('../../test/e2e/support/stock-kubeadm.yaml', import.meta.url), 'utf8');
const script = (name) => fileURLToPath(new URL(`${name}.sh`, import.meta.url));

/** Back to a prepared host, after either of them: kubeadm's own reset, and what it says it leaves behind. */
const CLEAN = `timeout 240 kubeadm reset --force >/dev/null 2>&1
for link in cni0 flannel.1; do ip link delete "$link" 2>/dev/null; done
for table in kube-proxy flannel-ipv4 flannel-ipv6; do
  for family in ip ip6; do nft delete table "$family" "$table" 2>/dev/null; done
done
rm -rf /etc/cni/net.d/* /etc/kubernetes/* /var/lib/etcd /var/lib/cni /run/flannel /var/log/kubernetes /root/.kube`;

/** The hosts with what both need on them, and what each of both does. */
export function openSite(lab, folder, connections) {
  const [first] = connections;
  const names = lab.hosts.map(({ name }) => name);
  const inventories = Object.fromEntries(
    [1, 3, 4, 6].map((count) => [
      count,
      writeInventory(lab, { folder, id: `hosts-${count}`, hosts: lab.hosts.slice(0, count) }),
    ]),
  );
  const config = join(folder, 'ssh_config');
  writeFileSync(config, sshConfig(lab, lab.hosts, folder));
  const files = { kubeadm: join(folder, 'kubeadm.yaml'), network: join(folder, 'network.json') };
  const closeMasters = () => {
    for (const name of names)
      spawnSync('ssh', ['-F', config, '-O', 'exit', name], { stdio: 'ignore', timeout: 10_000 });
  };
  const shell = (name, args) => program('timeout', ['--kill-after=10', '900', 'bash', script(name), config, ...args]);
  return {
    /** Of the first hosts. @param count as in `inventories` */
    prepare: (count) => kinit(['init', '-i', inventories[count], '--only', PREPARE]),
    clean: (count) => Promise.all(connections.slice(0, count).map((connection) => onHost(connection, CLEAN))),
    takeNetwork: async () => {
      const { network, proxyMode, version } = await ofKinit(first);
      writeFileSync(files.network, network);
      const text = `${STOCK}---\n${proxyConfiguration(proxyMode)}`;
      writeFileSync(files.kubeadm, text);
      await onHost(first, 'cat > /root/kubeadm.yaml', { stdin: text });
      return version;
    },
    one: async (who) => {
      const watches = Object.entries(PORTS).map(([name, where]) => [name, () => answersOk(first, where)]);
      const took = await timed(Object.fromEntries(watches), () =>
        who === 'kinit'
          ? kinit(['init', '-i', inventories[1], '--yes', '--skip', 'ready'])
          : onHost(first, 'kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all'),
      );
      return { ...took, healthy: Math.max(took.apiServer, took.controllerManager, took.scheduler) };
    },
    /** A cluster of the first hosts, the control plane and workers. @param count 3 or 6 */
    several: async (who, count) => {
      const [hosts, called] = [connections.slice(0, count), names.slice(0, count)];
      const took = await timed({ working: clusterWorks(hosts, called) }, () =>
        who === 'kinit'
          ? kinit(['init', '-i', inventories[count], '--yes'])
          : shell('up', [files.kubeadm, files.network, ...called]),
      );
      closeMasters();
      return took;
    },
    join: async (who) => {
      const fourth = names[3];
      const took = await timed({ ready: () => nodesReady(first, [fourth]) }, () =>
        who === 'kinit' ? kinit(['join', fourth, '-i', inventories[4], '--yes']) : shell('join', [names[0], fourth]),
      );
      closeMasters();
      return took;
    },
    close: closeMasters,
  };
}

/** What kinit's cluster has and kubeadm brings no own of, so that both have the same: the pod network, and kube-proxy's mode. */
async function ofKinit(connection) {
  const kubectl = 'KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig /etc/kubernetes/admin.conf';
  const kinds = 'namespaces,clusterroles,clusterrolebindings,serviceaccounts,configmaps,daemonsets';
  const found = await onHost(connection, `${kubectl} -n kube-flannel get ${kinds} -l k8s-app=flannel -o json`);
  const items = JSON.parse(found).items.map(written);
  const kindsFound = new Set(items.map(({ kind }) => kind));
  if (kindsFound.size !== kinds.split(',').length)
    throw new Error(`the pod network of kinit's cluster cannot be read: only ${[...kindsFound].join(', ')}`);
  const proxy = await onHost(connection, `${kubectl} -n kube-system get configmap kube-proxy -o json`);
  const { mode } = parse(JSON.parse(proxy).data['config.conf']);
  const version = (await onHost(connection, 'kubeadm version --output short')).trim();
  return { network: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), proxyMode: mode, version };
}

/** An object as it is applied: without what the API server added. Finalizers are all that a namespace specifies. */
function written(object) {
  const { name, namespace, labels } = object.metadata;
  const added = object.kind === 'Namespace' ? ['status', 'spec'] : ['status'];
  const kept = Object.entries(object).filter(([key]) => !added.includes(key));
  return { ...Object.fromEntries(kept), metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels } };
}

/** The size of the connection table is the machine's: hosts that share its kernel cannot set it. */
function proxyConfiguration(mode) {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode,
    conntrack: { maxPerCore: 0 },
  });
}
