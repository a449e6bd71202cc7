import { expect, test } from 'vitest';
import { canonicalAddress, contains, formatNetwork, overlaps, parseNetwork } from '../../src/inventory/cidr.js';

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
