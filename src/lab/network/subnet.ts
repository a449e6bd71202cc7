import { KinitError } from '../../model/error.js';

/** First and last address of an IPv4 network as numbers; an address alone is a network of one. */
export function range(cidr: string): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(cidr);
  if (match === null) return undefined;
  const [a, b, c, d] = match.slice(1, 5).map(Number) as [number, number, number, number];
  const size = 2 ** (32 - Number(match[5] ?? 32));
  const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

/**
 * The first of 10.210.0.0/24 ... 10.219.255.0/24 that overlaps nothing in use (the machine's routes and addresses,
 * other labs). These lie outside kinit's default pod and Service networks.
 */
export function freeSubnet(used: readonly string[]): string {
  const taken = used.map(range).filter((one) => one !== undefined);
  for (let second = 210; second < 220; second++) {
    for (let third = 0; third < 256; third++) {
      const subnet = `10.${second}.${third}.0/24`;
      const wanted = range(subnet);
      if (wanted !== undefined && !taken.some((one) => one.first <= wanted.last && wanted.first <= one.last))
        return subnet;
    }
  }
  throw new KinitError('No free network for test hosts on this machine', {
    class: 'preflight',
    tried: '10.210.0.0/24 to 10.219.255.0/24',
    found: 'each of them overlaps a route, an address or another lab',
    hint: 'Take a lab down (`kinit lab list`), or leave the VPN whose routes cover 10.0.0.0/8.',
  });
}

/** The address with this number in a /24: 1 is the machine, 11 the first host. */
export function addressIn(subnet: string, number: number): string {
  return subnet.replace(/\d+\/24$/, String(number));
}

/** The same at each boot, so that neighbours find the host again: locally administered (02), and its IPv4 address. */
export function hardwareAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}
