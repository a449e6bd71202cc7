import type { Cause, Sighting } from '../../cause.js';
import type { Evidence, HostEvidence, Probe } from '../../evidence.js';
import type { Tunnel } from '../../../network/index.js';
import { portOf, TUNNELS } from '../../networks.js';
import { linesOf } from '../../read/logs.js';
import { isSilent, lostInTunnel, needsApiOf } from '../../read/probes.js';
import { isRunning } from '../../read/units.js';

export const firewallApi: Cause = {
  name: 'firewall-api',
  title: 'A firewall drops the way to the API server',
  symptom:
    'kubelet: dial tcp 10.0.0.1:6443: i/o timeout; kinit join: did not join; node NotReady: Kubelet stopped posting node status',
  sign: 'A TCP connection to the API port is not answered from one host, while the API server listens on the other.',
  remedy:
    "Open TCP 6443 (`apiServer.port`) on control-plane hosts for all nodes, in the host's firewall and in the security groups between. `firewall: open-ports` or `off` in the inventory does the host's part.",
  rank: 44,
  find: (evidence) =>
    blame(
      evidence,
      'api',
      (host) => host.facts.listening.some(({ port }) => port === evidence.apiPort),
      (from, to) => needsApiOf(from, to, evidence),
      (to) => ({
        what: `the API port ${evidence.apiPort} of ${to.host} (${to.address})`,
        port: evidence.apiPort,
        protocol: 'TCP',
      }),
    ),
};

export const firewallKubelet: Cause = {
  name: 'firewall-kubelet',
  title: 'A firewall drops the way to a kubelet',
  symptom: 'kubectl logs, exec and top: dial tcp 10.0.0.2:10250: i/o timeout',
  sign: "A TCP connection to a kubelet's port 10250 is not answered from a control-plane host, while the kubelet runs. Between workers it need not be open.",
  remedy:
    'Open TCP 10250 on every node for the control-plane hosts. `firewall: open-ports` in the inventory does it on the hosts.',
  rank: 46,
  find: (evidence) =>
    blame(
      evidence,
      'kubelet',
      (host) => isRunning(host, 'kubelet'),
      ({ isControlPlane }) => isControlPlane,
      (to) => ({ what: `the kubelet's port 10250 of ${to.host} (${to.address})`, port: 10250, protocol: 'TCP' }),
    ),
};

export const firewallOverlay: Cause = {
  name: 'firewall-vxlan',
  title: `The pod network does not pass between hosts (${TUNNELS.map(({ purpose }) => purpose).join(', ')} dropped)`,
  symptom:
    'pods on different nodes do not reach each other; DNS answers on some nodes only; Services answer every second time',
  sign: "Neither another host's address in the pod network nor its pods answer, and nothing comes in through its end of the tunnel.",
  remedy: `Open ${TUNNELS.map(portOf).join(', ')} between all nodes, in the hosts' firewalls and in the security groups between (clouds: also allow the protocol, and mind the MTU). \`firewall: open-ports\` or \`off\` in the inventory does the hosts' part; ${TUNNELS.map(({ otherwise }) => otherwise).join('; ')}.`,
  rank: 48,
  find: (evidence) => {
    const pairs = lostInTunnel(evidence);
    return culprits(pairs).flatMap((name): Sighting[] => {
      const tunnel = tunnelOf(evidence, name);
      if (tunnel === undefined) return [];
      const { purpose, protocol, port } = tunnel;
      const others = [...new Set(pairs.filter((pair) => pair.includes(name)).flat())].filter((each) => each !== name);
      return [
        {
          host: name,
          found: `the pod network (${purpose}, ${portOf(tunnel)}) does not pass between ${name} and ${others.join(', ')}${rule(evidence, name, port)}`,
          next: `open ${protocol.toUpperCase()} port ${port} between the hosts (on ${name}: nft list ruleset, iptables-save; security groups)`,
          kinit: ', or set firewall: open-ports and run kinit init',
        },
      ];
    });
  },
};

/** The tunnel that ends on a host. */
function tunnelOf({ hosts }: Evidence, name: string): Tunnel | undefined {
  const addresses = hosts.find(({ host }) => host === name)?.facts.addresses ?? [];
  return TUNNELS.find(({ link }) => addresses.some((each) => each.interface === link));
}

/** One sighting for each host whose port is not answered: from whom, and its own rule where it shows. */
function blame(
  evidence: Evidence,
  purpose: Probe['purpose'],
  listens: (host: HostEvidence) => boolean,
  concerned: (from: HostEvidence, to: HostEvidence) => boolean,
  about: (to: HostEvidence) => { readonly what: string; readonly port: number; readonly protocol: string },
): Sighting[] {
  return evidence.hosts.flatMap((to): Sighting[] => {
    if (!listens(to)) return [];
    const from = evidence.hosts
      .filter(
        (from) =>
          from.host !== to.host &&
          from.probes.some((probe) => probe.purpose === purpose && probe.to === to.host && isSilent(probe)) &&
          concerned(from, to),
      )
      .map(({ host }) => host);
    if (from.length === 0) return [];
    const { what, port, protocol } = about(to);
    return [
      {
        host: to.host,
        found: `${what} does not answer ${from.join(', ')}: packets are dropped on the way${rule(evidence, to.host, port)}`,
        next: `open ${protocol} port ${port} on ${to.host} and between (nft list ruleset, iptables-save, security groups)`,
        kinit: ', or set firewall: open-ports and run kinit init',
      },
    ];
  });
}

/** The fewest hosts that all silent pairs have in common: who is in most pairs is named first. */
function culprits(pairs: readonly (readonly [string, string])[]): string[] {
  const named: string[] = [];
  let left = [...pairs];
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const host of left.flat()) counts.set(host, (counts.get(host) ?? 0) + 1);
    const worst = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
    named.push(worst);
    left = left.filter((pair) => !pair.includes(worst));
  }
  return named;
}

/** The line of the host's rules that drops this port, or the firewall service that is active. */
function rule({ hosts }: Evidence, name: string, port: number): string {
  const host = hosts.find((each) => each.host === name);
  if (host === undefined) return '';
  const line = linesOf(host, 'firewall').find(
    (each) => /\b(drop|reject|DROP|REJECT)\b/.test(each) && each.includes(String(port)),
  );
  if (line !== undefined) return `; its rules say: ${line.trim()}`;
  return host.facts.firewalls.length > 0 ? `; ${host.facts.firewalls.join(', ')} is active there` : '';
}
