import type { LabHandle } from './kinit.js';

/**
 * A web server with a Service, from an image that the hosts have already. Gives its NodePort, once all replicas run. A pod that is
 * told to end goes on for as long as proxies may still send to it (kube-proxy writes iptables once a second): nginx itself would refuse.
 */
export async function startWeb(cluster: LabHandle, replicas: number): Promise<string> {
  await cluster.sh(
    'node1',
    `export KUBECONFIG=/etc/kubernetes/admin.conf
     image=$(crictl images -o json | grep -o '"[^"]*nginx:[^"]*"' | head -1 | tr -d '"')
     kubectl create deployment web --image="$image" --replicas=${String(replicas)} --dry-run=client -o json |
       kubectl patch --local -f - --type=json -p '${ENDS_SLOWLY}' -o json | kubectl create -f -
     kubectl expose deployment web --port=80 --type=NodePort
     kubectl rollout status deployment/web --timeout=90s`,
  );
  return cluster.kubectl("get service web -o jsonpath='{.spec.ports[0].nodePort}'");
}

const ENDS_SLOWLY = JSON.stringify([
  {
    op: 'add',
    path: '/spec/template/spec/containers/0/lifecycle',
    value: { preStop: { sleep: { seconds: 3 } } },
  },
]);

/** sh text that fetches a page and prints 'ok '; it fails where there is none. */
export function fetchPage(address: string, port: string): string {
  return `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => "${address}:${port}", Timeout => 5) or die "no connection to ${address}"; print $s "GET / HTTP/1.0\\r\\n\\r\\n"; local $/; my $page = <$s>; $page =~ m{^HTTP/1.. 200} or die "no page from ${address}"; print "ok "'`;
}
