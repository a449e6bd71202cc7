import { keptAddress } from '../../control-plane/index.js';
import type { HostConnection } from '../../model/host.js';
import type { CheckResult } from '../../model/check.js';
import { looksAtOnce, mapLimit } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { canonicalAddress, isWithin } from '../../model/text/cidr.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import type { Check } from '../check.js';

const LOOK = shellScript('../probe/somebody.sh', import.meta.url);
const SECONDS = 10;

/** Asks every control-plane host whether somebody has the virtual address, where this cluster does not keep it yet. */
export async function lookForVirtualAddress(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
): Promise<ReadonlyMap<string, string>> {
  const { virtualAddress, port } = spec.apiServer;
  if (virtualAddress === undefined || isKept(nodes, virtualAddress.address)) return new Map();
  const script = sh(LOOK, { args: [virtualAddress.address, String(port), String(SECONDS)] });
  const planes = nodes.filter(({ isControlPlane }) => isControlPlane);
  const found = await mapLimit(planes, looksAtOnce(spec), async ({ spec: { name } }) => {
    const output = (await connections.get(name)?.run(script, { timeoutSeconds: 3 * SECONDS }))?.stdout ?? '';
    return [name, parseFields(output).get('somebody') ?? ''] as const;
  });
  return new Map(found.filter(([, somebody]) => somebody !== ''));
}

/** A control plane keeps it already. */
export function isKept(nodes: readonly Node[], address: string): boolean {
  return nodes.some(({ facts }) => {
    const kept = keptAddress(facts);
    return kept !== undefined && canonicalAddress(kept) === canonicalAddress(address);
  });
}

/** Every control plane must be able to have it, and nobody else may. */
export const virtualAddressCheck: Check = (node, { spec, nodes, virtualAddress: somebody }) => {
  const { virtualAddress } = spec.apiServer;
  if (virtualAddress === undefined || !node.isControlPlane) return [];
  const { address, interface: given } = virtualAddress;
  const base = {
    name: 'virtual-address',
    title: `Virtual address ${address}`,
    minimum: "in this host's network, and nobody's",
  };
  const trouble = outside(node, address, given) ?? taken(nodes, address) ?? answered(node, address, somebody);
  return [{ ...base, status: 'ok', found: 'in its network', ...trouble }];
};

type Trouble = Pick<CheckResult, 'status' | 'found' | 'hint'> | undefined;

function outside(node: Node, address: string, given: string | undefined): Trouble {
  const all = node.facts.addresses;
  // Hosts whose addresses could not be listed are not accused.
  if (all.length === 0) return undefined;
  const own = all.find((each) => canonicalAddress(each.address) === canonicalAddress(node.address));
  const link = given ?? own?.interface;
  const mine = all.filter((each) => each.interface === link && !isSame(each.address, address));
  if (mine.some((each) => isWithin(`${each.address}/${String(each.prefix)}`, address))) return undefined;
  const networks = mine.map((each) => `${each.address}/${String(each.prefix)}`).join(', ');
  return {
    status: 'error',
    found:
      mine.length === 0
        ? `${node.spec.name} has no address at ${link ?? 'an interface of its own address'}`
        : `outside of ${networks} (${link ?? ''})`,
    hint: 'Give apiServer.virtualAddress.address a free address of a network that all control planes are in, and apiServer.virtualAddress.interface where that is not the network by which nodes reach each other. Control planes in different networks need a load balancer of yours: apiServer.endpoint.',
  };
}

function taken(nodes: readonly Node[], address: string): Trouble {
  if (isKept(nodes, address)) return undefined;
  const owner = nodes.find(({ facts }) => facts.addresses.some((each) => isSame(each.address, address)));
  if (owner === undefined) return undefined;
  return {
    status: 'error',
    found: `it is an address of ${owner.spec.name}`,
    hint: 'Give apiServer.virtualAddress.address a free address. One that an earlier virtual address left there goes by: ip addr del.',
  };
}

function answered({ spec }: Node, address: string, somebody: ReadonlyMap<string, string> | undefined): Trouble {
  const seen = somebody?.get(spec.name);
  if (seen === undefined) return undefined;
  return {
    status: 'error',
    found: `a machine in this network has it already: ${seen}`,
    hint: `Look for it: ip neigh show to ${address} on ${spec.name}. Give apiServer.virtualAddress.address a free address, which no DHCP server gives out.`,
  };
}

function isSame(one: string, other: string): boolean {
  return canonicalAddress(one) === canonicalAddress(other);
}
