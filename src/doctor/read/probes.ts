import { isIP } from 'node:net';
import { isReady } from '../../cluster/why/pods.js';
import type { Evidence, HostEvidence, Probe } from '../evidence.js';
import { hasLostNode, nodeNamed } from './cluster.js';

const SILENT: readonly Probe['outcome'][] = ['silent', 'unreachable'];

export function isSilent({ outcome }: Probe): boolean {
  return SILENT.includes(outcome);
}

/**
 * Pairs of hosts between which nothing comes through the tunnel. Silence alone does not say so: where packets came in through
 * the other's tunnel meanwhile and nobody was answered, a rule of that host drops what it was asked for, not the tunnel.
 */
export function lostInTunnel(evidence: Evidence): (readonly [from: string, to: string])[] {
  const { hosts } = evidence;
  const tried = hosts.flatMap((from) =>
    from.probes
      .filter((probe) => probe.purpose === 'overlay' && hasWay(from, probe, evidence))
      .map((probe) => ({ from: from.host, probe })),
  );
  const receives = (name: string): boolean => {
    const host = hosts.find((each) => each.host === name);
    const answered = tried.some(({ probe }) => probe.to === name && ['open', 'refused'].includes(probe.outcome));
    return host !== undefined && !answered && received(host);
  };
  return tried
    .filter(({ probe }) => isSilent(probe) && !receives(probe.to))
    .map(({ from, probe }) => [from, probe.to] as const);
}

/** Whether a tunnel can lead from one host to the other at all: there is none to and from a host that the cluster has no node of. */
export function hasWay(from: HostEvidence, { to }: Probe, evidence: Evidence): boolean {
  const other = evidence.hosts.find(({ host }) => host === to);
  return ![from, other].some((host) => host !== undefined && hasLostNode(host, evidence));
}

/** Whether packets came in through a tunnel between the two looks at it. */
function received({ text }: HostEvidence): boolean {
  const counts = (section: string): Map<string, number> =>
    new Map((text[section] ?? '').split('\n').map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
  const before = counts('tunnels');
  return [...counts('tunnels-later')].some(([link, packets]) => packets > (before.get(link) ?? Infinity));
}

/**
 * Whether a host has to reach the API server of that control plane at its own address: not where its kubelet is told another
 * one, as with a load balancer in front, and not where it is told a name and its node is Ready.
 */
export function needsApiOf(from: HostEvidence, to: HostEvidence, evidence: Evidence): boolean {
  const server = /^server https:\/\/(.*?)(?::\d+)?\/?$/m.exec(from.text['kubelet-config'] ?? '')?.[1];
  if (server === undefined || server === to.address) return true;
  if (isIP(server.replace(/^\[|\]$/g, '')) !== 0) return false;
  const node = nodeNamed(evidence, from.host);
  return node === undefined || !isReady(node);
}
