import { expect, test } from 'vitest';
import { isHostInit } from '../../../../src/lab/drivers/nspawn/nspawn.js';

test("PID 1 of a host is told from the machine's processes and from PID 1 of a container in the host", () => {
  expect(isHostInit('Name:\tsystemd\nNSpid:\t900\t1\nNSpgid:\t900\t1\n')).toBe(true);
  expect(isHostInit('Name:\tsh\nNSpid:\t900\n')).toBe(false);
  expect(isHostInit('Name:\tsshd\nNSpid:\t900\t41\n')).toBe(false);
  expect(isHostInit('Name:\tpause\nNSpid:\t900\t77\t1\n')).toBe(false);
});
