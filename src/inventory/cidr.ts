import { isIPv4, isIPv6 } from 'node:net';

/** An IPv4 network, addresses as unsigned 32-bit numbers. */
export interface Network {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** Reads 'a.b.c.d/n'; undefined when it is not one. Bits beyond the prefix are dropped, as Go's ParseCIDR does. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits = ''] = text.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  const prefix = Number(bits);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(ipv4ToNumber(address) / size) * size;
  return { first, last: first + size - 1, prefix };
}

export function overlaps(one: Network, other: Network): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** False for anything that is not an IPv4 address. */
export function contains(network: Network, address: string): boolean {
  if (!isIPv4(address)) return false;
  const number = ipv4ToNumber(address);
  return network.first <= number && number <= network.last;
}

export function formatNetwork(network: Network): string {
  return `${numberToIpv4(network.first)}/${String(network.prefix)}`;
}

/** One spelling per address or DNS name, for comparing. */
export function canonicalAddress(address: string): string {
  if (isIPv6(address)) return new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname;
  return address.toLowerCase().replace(/\.$/, '');
}

function ipv4ToNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function numberToIpv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(number / 2 ** shift) % 256)).join('.');
}
