import { expect, test } from 'vitest';
import { nthAddress } from '../../../src/model/text/cidr.js';

test('addresses are counted from the network address', () => {
  expect(nthAddress('10.96.0.0/12', 10)).toBe('10.96.0.10');
  expect(nthAddress('192.168.1.77/24', 1)).toBe('192.168.1.1');
  expect(nthAddress('10.0.0.0/8', 256)).toBe('10.0.1.0');
});

test('a CIDR too small for the address is an error that names it', () => {
  expect(() => nthAddress('10.96.0.0/29', 10)).toThrow('10.96.0.0/29 has no address number 10');
});
