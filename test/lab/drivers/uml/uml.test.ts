import { expect, test } from 'vitest';
import { hardwareAddress, uml } from '../../../../src/lab/drivers/uml/uml.js';

test('a host has the same hardware address at each boot, and no other host of the lab has it', () => {
  expect(hardwareAddress('10.210.3.11')).toBe('02:00:0a:d2:03:0b');
  expect(hardwareAddress('10.210.3.12')).not.toBe(hardwareAddress('10.210.3.11'));
});

test('more CPUs than the kernel is built for are refused, with how many there can be', () => {
  expect(() => uml.check({ cpus: 5, memoryMB: 2048 })).toThrow(
    expect.objectContaining({ context: expect.objectContaining({ hint: 'Give at most --cpus 4.' }) }),
  );
  expect(() => uml.check({ cpus: 4, memoryMB: 2048 })).not.toThrow();
});
