import { expect, test } from 'vitest';
import { bracketed, hostPort, unbracketed } from '../../../src/model/text/host-port.js';

test('only IPv6 addresses stand in brackets', () => {
  expect(hostPort('10.0.0.1', 6443)).toBe('10.0.0.1:6443');
  expect(hostPort('fd00::1', 6443)).toBe('[fd00::1]:6443');
  expect(bracketed('box.example.com')).toBe('box.example.com');
});

test('brackets come off again', () => {
  expect(unbracketed('[fd00::1]')).toBe('fd00::1');
  expect(unbracketed('10.0.0.1')).toBe('10.0.0.1');
});
