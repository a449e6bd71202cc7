import { text } from '../cluster/api/json.js';
import { asKinitError } from '../model/error.js';
import type { HostConnection } from '../model/host.js';
import { askDns } from './dns.js';
import type { ClusterEvidence, HostEvidence, Probe } from './evidence.js';
import { TUNNELS } from './networks.js';

const TIMEOUT_MS = 3000;
const KUBELET = 10250;
/** So many other hosts are tried from each: with one firewall in the way of a hundred, some will show it. */
const NEIGHBOURS = 3;

type Target = Omit<Probe, 'outcome' | 'answer'>;

export interface ProbeOptions {
  readonly hosts: readonly HostEvidence[];
  readonly apiPort: number;
  /** DNS domain of the cluster. */
  readonly domain: string;
  readonly cluster: ClusterEvidence | undefined;
}

/**
 * Tries TCP connections from every host, through its SSH connection: the API, other kubelets by the hosts' addresses and
 * by their addresses in the pod network, the Services of DNS and API. Needs no tool on the host and leaves nothing there.
 */
export async function probeFrom(
  connection: HostConnection,
  from: HostEvidence,
  options: ProbeOptions,
): Promise<Probe[]> {
  return Promise.all(
    targets(from, options).map(async (target) => ({
      ...target,
      ...(await attempt(connection, target, options.domain)),
    })),
  );
}

function targets(from: HostEvidence, { hosts, apiPort, cluster }: ProbeOptions): Target[] {
  const at = hosts.findIndex(({ host }) => host === from.host);
  const next = [...hosts.slice(at + 1), ...hosts.slice(0, Math.max(at, 0))];
  const controlPlanes = hosts.filter(({ isControlPlane }) => isControlPlane);
  const neighbours = [
    ...new Set([...next.slice(0, NEIGHBOURS), ...controlPlanes.filter(({ host }) => host !== from.host)]),
  ];
  return [
    ...controlPlanes.map((to): Target => ({ purpose: 'api', to: to.host, address: to.address, port: apiPort })),
    ...neighbours.map((to): Target => ({ purpose: 'kubelet', to: to.host, address: to.address, port: KUBELET })),
    ...neighbours.flatMap((to): Target[] => {
      const overlay = overlayAddress(from) === undefined ? undefined : overlayAddress(to);
      return overlay === undefined ? [] : [{ purpose: 'overlay', to: to.host, address: overlay, port: KUBELET }];
    }),
    ...service(cluster, 'kube-dns', 'dns-service', 53),
    ...service(cluster, 'kubernetes', 'api-service', 443),
  ];
}

/** The host's own address inside a tunnel's network: the kubelet listens there too, so an answer has crossed the tunnel. */
function overlayAddress({ facts }: HostEvidence): string | undefined {
  return facts.addresses.find((each) => TUNNELS.some(({ link }) => link === each.interface))?.address;
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

type Result = Pick<Probe, 'outcome' | 'answer'>;

async function attempt(connection: HostConnection, target: Target, domain: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve({ outcome: 'silent' }), TIMEOUT_MS);
  });
  const result = await Promise.race([open(connection, target, domain), late]);
  clearTimeout(timer);
  return result;
}

async function open(connection: HostConnection, { purpose, address, port }: Target, domain: string): Promise<Result> {
  try {
    const stream = await connection.connectTcp(address, port);
    // What a stream says after it was answered for is nobody's concern.
    stream.on('error', () => undefined);
    try {
      if (purpose !== 'dns-service') return { outcome: 'open' };
      return {
        outcome: 'open',
        answer: (await askDns(stream, `kubernetes.default.svc.${domain}`).catch(() => [])).join(' '),
      };
    } finally {
      stream.destroy();
    }
  } catch (thrown) {
    return { outcome: outcomeOf(asKinitError(thrown).context.found ?? '') };
  }
}

/** sshd hands on the words of the host's connect(2). */
function outcomeOf(found: string): Probe['outcome'] {
  if (/refused/i.test(found)) return 'refused';
  if (/timed out/i.test(found)) return 'silent';
  if (/no route|unreachable/i.test(found)) return 'unreachable';
  return 'unknown';
}
