import { KinitError } from '../error.js';

/**
 * The n-th address of an IPv4 CIDR, counted from its network address.
 * The API's Service is the 1st of the service CIDR, cluster DNS the 10th (kubeadm: GetIndexedIP).
 */
export function nthAddress(cidr: string, n: number): string {
  const [address = '', prefixText = ''] = cidr.split('/');
  const octets = address.split('.').map(Number);
  const prefix = Number(prefixText);
  const size = 2 ** (32 - prefix);
  if (
    octets.length !== 4 ||
    octets.some((octet) => !(octet >= 0 && octet <= 255)) ||
    !(prefix >= 0 && prefix <= 32) ||
    n >= size
  ) {
    throw new KinitError(`${cidr} has no address number ${n}`, {
      class: 'inventory',
      hint: 'Give a larger IPv4 CIDR, for example 10.96.0.0/12.',
    });
  }
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const wanted = value - (value % size) + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(wanted / 2 ** shift) % 256).join('.');
}
