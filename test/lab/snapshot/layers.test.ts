import { expect, test } from 'vitest';
import { missingHosts } from '../../../src/lab/commands/plan.js';
import { lowerLayers, varSource } from '../../../src/lab/snapshot/layers.js';

const wanted = { hosts: 2, controlPlanes: 1, cpus: 2, memoryMB: 2048 };

test('hosts of a snapshot stand on the disk of their role, over the root file system', () => {
  const hosts = missingHosts([], { ...wanted, snapshot: '/cache/snapshot-1' }, '10.210.0.0/24');
  expect(hosts.map((host) => lowerLayers(host, '/cache/rootfs-1'))).toEqual([
    '/cache/snapshot-1/control-plane/upper:/cache/rootfs-1',
    '/cache/snapshot-1/worker/upper:/cache/rootfs-1',
  ]);
  expect(hosts.map((host) => varSource(host, '/cache/rootfs-1'))).toEqual([
    '/cache/snapshot-1/control-plane/var',
    '/cache/snapshot-1/worker/var',
  ]);
});

test('bare hosts stand on the root file system alone', () => {
  const [host] = missingHosts([], wanted, '10.210.0.0/24');
  expect(host === undefined ? [] : [lowerLayers(host, '/r'), varSource(host, '/r')]).toEqual(['/r', '/r/var']);
});
