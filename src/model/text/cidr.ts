import { isIP, isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { KinitError } from '../error.js';

/** An IPv4 network. */
export interface Network {
  readonly first: ipaddr.IPv4;
  readonly prefix: number;
}

/** Reads 'a.b.c.d/n'; undefined when it is not one. Bits beyond the prefix are dropped, as Go's ParseCIDR does. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits = ''] = text.split('/');
  // ipaddr.js takes '10.1' and '012.0.0.1' for addresses; nobody who writes an inventory means them.
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  return { first: ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`), prefix: Number(bits) };
}

/** Two networks that have an address in common: one of them contains the other. */
export function overlaps(one: Network, other: Network): boolean {
  return one.first.match(other.first, Math.min(one.prefix, other.prefix));
}

/** False for anything that is not an IPv4 address. */
export function contains(network: Network, address: string): boolean {
  return isIPv4(address) && ipaddr.IPv4.parse(address).match(network.first, network.prefix);
}

/** The same for either family. @param network any address of it, with its prefix: 'fd00::1/64' */
export function isWithin(network: string, address: string): boolean {
  if (isIP(address) === 0 || isIPv6(address) !== network.includes(':')) return false;
  return ipaddr.parse(withoutZone(address)).match(ipaddr.parseCIDR(network.replace(/%[^/]*/, '')));
}

export function formatNetwork({ first, prefix }: Network): string {
  return `${first.toString()}/${String(prefix)}`;
}

/**
 * The n-th address of an IPv4 CIDR, counted from its network address.
 * The API's Service is the 1st of the service CIDR, cluster DNS the 10th (kubeadm: GetIndexedIP).
 */
export function nthAddress(cidr: string, n: number): string {
  const network = parseNetwork(cidr);
  if (network === undefined || n >= 2 ** (32 - network.prefix)) {
    throw new KinitError(`${cidr} has no address number ${n}`, {
      class: 'inventory',
      hint: 'Give a larger IPv4 CIDR, for example 10.96.0.0/12.',
    });
  }
  const wanted = network.first.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0) + n;
  return new ipaddr.IPv4([24, 16, 8, 0].map((shift) => Math.floor(wanted / 2 ** shift) % 256)).toString();
}

/** One spelling per address or DNS name, for comparing. */
export function canonicalAddress(address: string): string {
  if (isIPv6(address)) return ipaddr.IPv6.parse(withoutZone(address)).toRFC5952String();
  return address.toLowerCase().replace(/\.$/, '');
}

/** An IPv6 address without its zone ('fe80::1%eth0'): a zone means something on one machine only (RFC 4007, section 11.2). */
export function withoutZone(address: string): string {
  return isIPv6(address) ? address.replace(/%.*$/, '') : address;
}
