import { isIPv4 } from 'node:net';
import { hasAddress } from '../../facts/index.js';
import type { CheckResult } from '../../model/check.js';
import { isMember } from '../../model/facts.js';
import { groupBy, oncePer } from '../../model/once.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { canonicalAddress, contains, parseNetwork } from '../../model/text/cidr.js';
import type { Check } from '../check.js';
import { isOfCluster } from './overlap.js';

/** The address that the other nodes use must be the host's own, its alone, and none that the cluster gives out itself. */
export const nodeAddressCheck: Check = (node, { spec, nodes }) => {
  const base = { name: 'address', title: 'Node address', minimum: "on this host's interfaces, and on no other's" };
  const trouble =
    notOwn(node, spec) ??
    twins(node, spec, nodes) ??
    insideRange(node, spec) ??
    forgotten(node, spec, nodes) ??
    moved(node);
  return [{ ...base, status: 'ok', found: node.address, ...trouble }];
};

type Addresses = Node['facts']['addresses'];
type Trouble = Pick<CheckResult, 'status' | 'found' | 'hint'> | undefined;

function notOwn({ spec, facts, address }: Node, wanted: Spec): Trouble {
  // Hosts whose addresses could not be listed are not accused.
  if (facts.addresses.length === 0 || hasAddress(facts, address)) return undefined;
  const key = spec.internalAddress === undefined ? 'address' : 'internalAddress';
  const ssh = key === 'address' ? ` SSH may go on using ${address}, as address.` : '';
  const own = usable(facts.addresses, wanted);
  return {
    status: 'error',
    found: `${address} (${key} in the inventory), which no interface of it has; it has ${own.length === 0 ? 'no other' : candidates(own)}`,
    hint: `Set internalAddress: of ${spec.name} in the inventory to the one of these that the other hosts reach.${ssh}`,
  };
}

function twins({ spec, facts, address }: Node, wanted: Spec, nodes: readonly Node[]): Trouble {
  const others = (byAddress(nodes).get(canonicalAddress(address)) ?? []).filter(
    (other) => other.spec.name !== spec.name,
  );
  if (others.length === 0) return undefined;
  const own = usable(facts.addresses, wanted).filter(
    (each) => canonicalAddress(each.address) !== canonicalAddress(address),
  );
  const choice = own.length === 0 ? 'it has no other address' : `it also has ${candidates(own)}`;
  return {
    status: 'error',
    found: `${address}, which ${others.map((other) => other.spec.name).join(', ')} has too; ${choice}`,
    hint: `Nodes reach each other by this address. Set internalAddress: of each in the inventory to one that it has alone (behind NAT every machine may have the same one).`,
  };
}

const byAddress = oncePer((nodes: readonly Node[]) =>
  groupBy(nodes, ({ address, facts }) => [address, ...facts.addresses.map((own) => own.address)].map(canonicalAddress)),
);

function insideRange({ spec, address }: Node, { network }: Spec): Trouble {
  for (const key of ['podCIDR', 'serviceCIDR'] as const) {
    const range = parseNetwork(network[key]);
    if (range === undefined || !contains(range, address)) continue;
    return {
      status: 'error',
      found: `${address}, inside network.${key} (${network[key]})`,
      hint: `Set network.${key} in the inventory to a range that no host is in, or internalAddress: of ${spec.name} to another address.`,
    };
  }
  return undefined;
}

/** Kubelets of workers are told once, when they join, where the API server is. */
function forgotten(
  { spec, facts, address, isControlPlane }: Node,
  { apiServer }: Spec,
  nodes: readonly Node[],
): Trouble {
  const before = facts.kubernetes.nodeAddress;
  if (!isMember(facts) || before === undefined || before === address) return undefined;
  const joined = nodes
    .filter((other) => !other.isControlPlane && isMember(other.facts))
    .map((other) => other.spec.name);
  if (!isControlPlane || apiServer.endpoint !== undefined || joined.length === 0) return undefined;
  return {
    status: 'error',
    found: `${address}; the cluster knows ${spec.name} as ${before}, and so do the kubelets of ${joined.join(', ')}`,
    hint: `Give ${spec.name} the address ${before} back (a fixed one, or a reservation at the DHCP server). The address of a control plane without apiServer.endpoint stays with the cluster.`,
  };
}

function moved({ facts, address }: Node): Trouble {
  const before = facts.kubernetes.nodeAddress;
  if (!isMember(facts) || before === undefined || before === address) return undefined;
  return {
    status: 'warning',
    found: `${before} in the cluster, becomes ${address}`,
    hint: 'kinit init moves the node to the new address. A fixed address, or a reservation at the DHCP server, keeps it from moving again.',
  };
}

/**
 * Those that are the host's own: not what a cluster gave it, on links of its own, or for all control planes. One in a range of the cluster is its
 * own too: the range is wrong then, and a check of its own says so.
 */
function usable(addresses: Addresses, { apiServer }: Spec): Addresses {
  const shared =
    apiServer.virtualAddress === undefined ? undefined : canonicalAddress(apiServer.virtualAddress.address);
  return addresses.filter((each) => !isOfCluster(each.interface) && canonicalAddress(each.address) !== shared);
}

function candidates(addresses: Addresses): string {
  // What nodes can use stands first.
  const sorted = [...addresses].sort((one, other) => Number(isIPv4(other.address)) - Number(isIPv4(one.address)));
  const shown = sorted.slice(0, 6).map((each) => `${each.address} (${each.interface})`);
  return `${shown.join(', ')}${sorted.length > 6 ? `, and ${String(sorted.length - 6)} more` : ''}`;
}
