import { expect, test } from 'vitest';
import { isStale } from '../../../src/engine/datastore/bridges.js';

const addresses = [
  { interface: 'eth0', address: '10.0.0.1', prefix: 24 },
  { interface: 'cni0', address: '10.244.1.1', prefix: 24 },
];

test.each([
  ['another share than the bridge has', '10.244.2.0/24', true],
  ['the share that the bridge has', '10.244.1.0/24', false],
  ['no share yet', undefined, false],
])('%s', (_what, share, stale) => {
  expect(isStale({ addresses }, 'cni0', share)).toBe(stale);
});

test('no bridge, nothing to renew', () => {
  expect(isStale({ addresses: [] }, 'cni0', '10.244.2.0/24')).toBe(false);
});
