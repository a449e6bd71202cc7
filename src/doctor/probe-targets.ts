import { field, list, text } from '../cluster/api/json.js';
import type { ClusterEvidence, HostEvidence, Probe } from './evidence.js';
import { TUNNELS } from './networks.js';

const KUBELET = 10250;
/** The discard port: nobody listens, so a host that is reached says at once that it refuses. */
const CLOSED = 9;
/** So many other hosts are tried from each: with one firewall in the way of a hundred, some will show it. */
const NEIGHBOURS = 3;
const PODS = 2;

/** One connection to try. `also`: other ways to the same place, of which one that answers is enough. */
export interface Target extends Omit<Probe, 'outcome' | 'answer'> {
  readonly also?: readonly { readonly address: string; readonly port: number }[];
}

export interface ProbeOptions {
  readonly hosts: readonly HostEvidence[];
  readonly apiPort: number;
  /** DNS domain of the cluster. */
  readonly domain: string;
  readonly cluster: ClusterEvidence | undefined;
}

/** What is tried from one host: what a cluster needs to be open, and nothing else. */
export function targets(from: HostEvidence, { hosts, apiPort, cluster }: ProbeOptions): Target[] {
  const at = hosts.findIndex(({ host }) => host === from.host);
  const next = [...hosts.slice(at + 1), ...hosts.slice(0, Math.max(at, 0))];
  const controlPlanes = hosts.filter(({ isControlPlane }) => isControlPlane);
  const neighbours = [
    ...new Set([...next.slice(0, NEIGHBOURS), ...controlPlanes.filter(({ host }) => host !== from.host)]),
  ];
  return [
    ...controlPlanes.map((to): Target => ({ purpose: 'api', to: to.host, address: to.address, port: apiPort })),
    // Only API servers ask kubelets: a firewall between workers may well keep that port shut.
    ...(from.isControlPlane ? neighbours : []).map(
      (to): Target => ({ purpose: 'kubelet', to: to.host, address: to.address, port: KUBELET }),
    ),
    ...neighbours.flatMap((to): Target[] => {
      const overlay = overlayAddress(from) === undefined ? undefined : overlayAddress(to);
      if (overlay === undefined) return [];
      const also = [overlay, ...podAddresses(to.host, cluster)].map((address) => ({ address, port: CLOSED }));
      return [{ purpose: 'overlay', to: to.host, address: overlay, port: KUBELET, also }];
    }),
    ...service(cluster, 'kube-dns', 'dns-service', 53),
    ...service(cluster, 'kubernetes', 'api-service', 443),
  ];
}

/** The host's own address inside a tunnel's network: an answer from there has crossed the tunnel. */
function overlayAddress({ facts }: HostEvidence): string | undefined {
  return facts.addresses.find((each) => TUNNELS.some(({ link }) => link === each.interface))?.address;
}

/** Of pods on a host that have addresses of their own: no rule of the host stands before them. */
function podAddresses(node: string, cluster: ClusterEvidence | undefined): readonly string[] {
  return (cluster?.pods ?? [])
    .filter((pod) => text(pod, 'spec', 'nodeName') === node && field(pod, 'spec', 'hostNetwork') !== true)
    .filter((pod) => text(pod, 'status', 'phase') === 'Running')
    .flatMap((pod) => list(pod, 'status', 'podIPs').flatMap((each) => text(each, 'ip') ?? []))
    .slice(0, PODS);
}

function service(
  cluster: ClusterEvidence | undefined,
  name: string,
  purpose: Probe['purpose'],
  port: number,
): Target[] {
  const address = text(
    cluster?.services.find(({ metadata }) => metadata.name === name),
    'spec',
    'clusterIP',
  );
  return address === undefined || address === 'None' ? [] : [{ purpose, to: name, address, port }];
}
