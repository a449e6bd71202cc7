import { isIP, isIPv4 } from 'node:net';
import { KinitError } from '../model/error.js';
import type { HostFacts } from '../model/facts.js';
import type { HostSpec } from '../model/spec.js';
import { canonicalAddress } from '../model/text/cidr.js';

/**
 * The address the cluster uses for a host. Where the inventory gives only a name: the one it has in the cluster already;
 * else the one our SSH session came to, which others reach too; else that of the default route. (Machines that share one
 * network for their way out have the same address there, each behind a translation of its own.)
 * @throws KinitError inventory, where none can be told
 */
export function nodeAddress(spec: HostSpec, facts: HostFacts): string {
  if (spec.internalAddress !== undefined) return spec.internalAddress;
  if (isIP(spec.address) !== 0) return spec.address;
  const viaRoute = facts.addresses.find(({ interface: name }) => name === facts.defaultRoute?.interface);
  const address =
    ownAddress(facts, facts.kubernetes.nodeAddress) ??
    sessionAddress(facts) ??
    facts.defaultRoute?.source ??
    viaRoute?.address;
  if (address === undefined) {
    throw new KinitError('cannot tell which IP address the other nodes reach it by', {
      class: 'inventory',
      host: spec.name,
      found: `address is the name ${spec.address}, and the host has no default route`,
      hint: 'Set internalAddress for this host in the inventory.',
    });
  }
  return address;
}

/** Whether an interface of the host has it. */
export function hasAddress({ addresses }: Pick<HostFacts, 'addresses'>, wanted: string): boolean {
  const address = canonicalAddress(wanted);
  return addresses.some((own) => canonicalAddress(own.address) === address);
}

function ownAddress(facts: HostFacts, address: string | undefined): string | undefined {
  return address !== undefined && hasAddress(facts, address) ? address : undefined;
}

/** Nodes speak IPv4 among themselves: where we came over IPv6, the IPv4 address of the same interface. */
function sessionAddress(facts: HostFacts): string | undefined {
  const server = ownAddress(facts, facts.session?.server);
  if (server === undefined || isIPv4(server)) return server;
  const same = facts.addresses.find(({ address }) => canonicalAddress(address) === canonicalAddress(server));
  return facts.addresses.find((own) => own.interface === same?.interface && isIPv4(own.address))?.address;
}
