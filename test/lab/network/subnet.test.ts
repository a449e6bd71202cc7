import { expect, test } from 'vitest';
import { addressIn, freeSubnet, hardwareAddress, range } from '../../../src/lab/network/subnet.js';

test('the first network that nothing on the machine uses is taken', () => {
  expect(freeSubnet([])).toBe('10.210.0.0/24');
  expect(freeSubnet(['10.210.0.0/24', '192.168.1.0/24'])).toBe('10.210.1.0/24');
});

test('a network counts as used when a smaller or a larger one overlaps it', () => {
  expect(freeSubnet(['10.210.0.77'])).toBe('10.210.1.0/24');
  expect(freeSubnet(['10.210.0.0/15'])).toBe('10.212.0.0/24');
});

test('words that are not IPv4 networks, as `ip route` prints them, are passed over', () => {
  expect(freeSubnet(['unreachable', 'fd00::/64', 'default'])).toBe('10.210.0.0/24');
});

test('a VPN that routes all of 10/8 leaves nothing: the error says what to do', () => {
  expect(() => freeSubnet(['10.0.0.0/8'])).toThrow(
    expect.objectContaining({
      context: expect.objectContaining({ class: 'preflight', hint: expect.stringContaining('VPN') }),
    }),
  );
});

test('a range is computed from any address in it, above 2^31 too', () => {
  expect(range('10.0.1.5/24')).toEqual(range('10.0.1.0/24'));
  expect(range('192.168.0.0/16')).toEqual({ first: 3232235520, last: 3232301055 });
  expect(range('0.0.0.0/0')).toEqual({ first: 0, last: 2 ** 32 - 1 });
  expect(addressIn('10.210.7.0/24', 11)).toBe('10.210.7.11');
});

test('a host has the same hardware address at each boot, and no other host of the lab has it', () => {
  expect(hardwareAddress('10.210.3.11')).toBe('02:00:0a:d2:03:0b');
  expect(hardwareAddress('10.210.3.12')).not.toBe(hardwareAddress('10.210.3.11'));
});
