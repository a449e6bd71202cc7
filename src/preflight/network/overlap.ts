import { addOnTraces } from '../../add-ons/index.js';
import type { CheckResult } from '../../model/check.js';
import { isMember, type HostFacts } from '../../model/facts.js';
import { oncePer } from '../../model/once.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { canonicalAddress, contains, type Network, overlaps, parseNetwork } from '../../model/text/cidr.js';
import { FOREIGN_LINKS, networkOf, networkTraces } from '../../network/index.js';
import type { Check } from '../check.js';

/** Links that are made for a cluster: what leads over them is the pod or the service network itself. */
const OWN_LINKS = [...networkTraces.links, ...addOnTraces.links];
const FOREIGN = FOREIGN_LINKS.map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));

/** What of a host's own world lies in a range of the cluster. */
interface Clash {
  readonly what: string;
  /** Only a part of what it reaches is hidden by the range, or nothing at all. */
  readonly mild: boolean;
}

/** Where a pod or a Service has an address, the host reaches nothing else at that address: its own networks must lie outside. */
export const rangesApart: Check = (node, { spec, nodes }) =>
  (['podCIDR', 'serviceCIDR'] as const).flatMap((key) => {
    const range = parseNetwork(spec.network[key]);
    // What links a network makes that people brought is not known here.
    const unknown = key === 'podCIDR' && isMember(node.facts) && networkOf(spec).unproved !== undefined;
    return range === undefined || unknown ? [] : [rangeCheck(node, key, range, spec, nodes)];
  });

function rangeCheck(
  { facts }: Node,
  key: 'podCIDR' | 'serviceCIDR',
  range: Network,
  spec: Spec,
  nodes: readonly Node[],
): CheckResult {
  const [name, title] = key === 'podCIDR' ? ['pod-range', 'Pod range'] : ['service-range', 'Service range'];
  const base = { name, title: `${title} ${spec.network[key]}`, minimum: 'apart from the networks of this host' };
  const clashes = [...networkClashes(facts, range, nodes), ...addressClashes(facts, range, spec)];
  const worst = clashes.find(({ mild }) => !mild) ?? clashes[0];
  if (worst === undefined) return { ...base, status: 'ok', found: 'apart' };
  const found = clashes
    .slice(0, 4)
    .map(({ what }) => what)
    .join(', ');
  const more = clashes.length > 4 ? `, and ${String(clashes.length - 4)} more` : '';
  // The range of a cluster that runs cannot be moved: there it is worth a word and no more.
  const status = worst.mild || isMember(facts) ? 'warning' : 'error';
  return {
    ...base,
    status,
    found: `${spec.network[key]} holds ${found}${more}`,
    hint: isMember(facts)
      ? `What has an address of network.${key} out there cannot be reached from this node. The range of a running cluster cannot be changed: move the other network.`
      : `What has an address in both cannot be reached from the nodes. Set network.${key} in the inventory to a range that no host has to do with.`,
  };
}

/** A network that a host is in, or has a way to. */
function networkClashes(facts: HostFacts, range: Network, nodes: readonly Node[]): Clash[] {
  const direct = facts.addresses.map(({ interface: link, address, prefix }) => ({
    link,
    network: `${address}/${String(prefix)}`,
    gateway: undefined,
  }));
  const routed = (facts.routes ?? []).map(({ interface: link, network, gateway }) => ({ link, network, gateway }));
  const clashes = [...direct, ...routed]
    .filter(({ link, gateway }) => !isOfCluster(link) && !leadsToNode(gateway, nodes))
    .flatMap(({ link, network, gateway }): Clash[] => {
      const other = parseNetwork(network);
      if (other === undefined || !overlaps(range, other)) return [];
      // A wide route to somewhere (10.0.0.0/8 to a company) is common, and what lies in the range there is little.
      const mild = gateway !== undefined && other.prefix < range.prefix;
      return [{ what: `${network} (${link}${gateway === undefined ? '' : ` via ${gateway}`})`, mild }];
    });
  // An address and the route that comes with it are one network.
  const unique = new Map(clashes.toReversed().map((clash) => [normal(clash.what), clash]));
  return [...unique.values()].reverse();
}

function normal(what: string): string {
  const [network = '', ...rest] = what.split(' ');
  const parsed = parseNetwork(network);
  return parsed === undefined ? what : `${parsed.first.toString()}/${String(parsed.prefix)} ${rest.join(' ')}`;
}

/** Of a cluster's network, this one's or another's: what is left of another is told by the table of leftovers. */
export function isOfCluster(link: string): boolean {
  return OWN_LINKS.includes(link) || FOREIGN.some((pattern) => pattern.test(link));
}

/** Without a tunnel, the way to another node's pods goes through that node. */
function leadsToNode(gateway: string | undefined, nodes: readonly Node[]): boolean {
  return gateway !== undefined && addressesOf(nodes).has(canonicalAddress(gateway));
}

const addressesOf = oncePer((nodes: readonly Node[]) => new Set(nodes.map(({ address }) => canonicalAddress(address))));

/** Single addresses that a host needs, wherever they are. */
function addressClashes(facts: HostFacts, range: Network, { apiServer }: Spec): Clash[] {
  const endpoint = apiServer.endpoint?.replace(/:\d+$/, '') ?? '';
  const needed = [
    ...(facts.nameservers ?? []).map((address) => ({ address, as: 'its name server' })),
    { address: facts.session?.client ?? '', as: 'where SSH comes from' },
    { address: endpoint, as: 'apiServer.endpoint' },
    { address: apiServer.virtualAddress?.address ?? '', as: 'apiServer.virtualAddress' },
  ];
  return needed
    .filter(({ address }) => contains(range, address))
    .map(({ address, as }) => ({ what: `${address} (${as})`, mild: false }));
}
