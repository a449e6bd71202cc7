import { expect, test } from 'vitest';
import {
  canonicalAddress,
  contains,
  formatNetwork,
  nthAddress,
  overlaps,
  parseNetwork,
  withoutZone,
} from '../../../src/model/text/cidr.js';

test('addresses are counted from the network address', () => {
  expect(nthAddress('10.96.0.0/12', 10)).toBe('10.96.0.10');
  expect(nthAddress('192.168.1.77/24', 1)).toBe('192.168.1.1');
  expect(nthAddress('10.0.0.0/8', 256)).toBe('10.0.1.0');
});

test('a CIDR too small for the address is an error that names it', () => {
  expect(() => nthAddress('10.96.0.0/29', 10)).toThrow('10.96.0.0/29 has no address number 10');
});

function network(text: string): NonNullable<ReturnType<typeof parseNetwork>> {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

test('addresses above 2^31 do not turn negative', () => {
  expect(formatNetwork(network('192.168.77.9/20'))).toBe('192.168.64.0/20');
  expect(contains(network('192.168.0.0/16'), '192.168.255.255')).toBe(true);
  expect(contains(network('192.168.0.0/16'), '192.169.0.0')).toBe(false);
});

test('the widest and the narrowest network', () => {
  expect(contains(network('0.0.0.0/0'), '255.255.255.255')).toBe(true);
  expect(contains(network('10.0.0.1/32'), '10.0.0.2')).toBe(false);
});

test.each([
  ['10.0.0.0/8', '10.255.0.0/16', true],
  ['10.0.0.0/9', '10.128.0.0/9', false],
  ['10.1.0.0/16', '10.0.0.0/8', true],
])('%s and %s overlap: %s', (one, other, expected) => {
  expect(overlaps(network(one), network(other))).toBe(expected);
});

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/8', ''])('%j is no IPv4 network', (text) => {
  expect(parseNetwork(text)).toBeUndefined();
});

test('one spelling per address', () => {
  expect(canonicalAddress('FD00:0::1')).toBe(canonicalAddress('fd00::1'));
  expect(canonicalAddress('Host.Example.')).toBe('host.example');
});

test('a zone is left out of IPv6 addresses, and of nothing else', () => {
  expect(withoutZone('fe80::1%eth0')).toBe('fe80::1');
  expect(withoutZone('10.0.0.1')).toBe('10.0.0.1');
  expect(withoutZone('box.example.com')).toBe('box.example.com');
});
