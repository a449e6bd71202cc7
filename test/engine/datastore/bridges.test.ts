import { expect, test } from 'vitest';
import { isStale, staleFiles } from '../../../src/engine/datastore/bridges.js';
import type { HostShare } from '../../../src/network/index.js';

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

const made: HostShare = {
  bridge: 'cni0',
  subnetFile: '/run/network/share',
  subnet: /^SHARE=(\S+)/m,
  configuration: ['/etc/cni/net.d/10-it.conflist'],
};

test.each([
  ['the earlier share is noted', 'SHARE=10.244.1.1/24\n', 2],
  ['nothing is noted yet', '', 2],
  ["the network's pod was faster, and has noted the new share: it would not do so again", 'SHARE=10.244.2.1/24\n', 0],
])('files that go with the bridge: %s', (_what, noted, count) => {
  expect(staleFiles(made, noted, '10.244.2.0/24')).toHaveLength(count);
});
