import { expect, test } from 'vitest';
import { hostPort, unbracketed } from '../../../src/model/text/address.js';

test('only IPv6 addresses stand in brackets', () => {
  expect(hostPort('10.0.0.1', 6443)).toBe('10.0.0.1:6443');
  expect(hostPort('fd00::1', 6443)).toBe('[fd00::1]:6443');
  expect(hostPort('box.example.com', 22)).toBe('box.example.com:22');
});

test('brackets come off again', () => {
  expect(unbracketed('[fd00::1]')).toBe('fd00::1');
  expect(unbracketed('10.0.0.1')).toBe('10.0.0.1');
});
