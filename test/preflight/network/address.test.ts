import { expect, test } from 'vitest';
import type { HostFacts } from '../../../src/model/facts.js';
import { complaints, type Wanted } from '../nodes.js';

const has = (...addresses: string[]): Pick<HostFacts, 'addresses'> => ({
  addresses: addresses.map((address, index) => ({ interface: `eth${String(index)}`, address, prefix: 24 })),
});
const about = (wanted: Wanted, host = 'c1'): unknown[] =>
  complaints(wanted, host)
    .filter(({ name }) => name === 'address')
    .map(({ status, found, hint }) => [status, found, hint]);

test('an address that is on an interface is fine, however it is written', () => {
  expect(about({ controlPlane: has('10.0.0.1'), worker: has('10.0.0.2', 'fd00::2') })).toEqual([]);
  expect(about({ controlPlane: { addresses: [] } })).toEqual([]);
});

test('a floating address is refused, and those that the host has are named', () => {
  expect(about({ controlPlane: has('fd00::1', '192.168.7.1', '172.16.0.1') })).toEqual([
    [
      'error',
      '10.0.0.1 (address in the inventory), which no interface of it has; it has 192.168.7.1 (eth1), 172.16.0.1 (eth2), fd00::1 (eth0)',
      'Set internalAddress: of c1 in the inventory to the one of these that the other hosts reach. SSH may go on using 10.0.0.1, as address.',
    ],
  ]);
});

test('of a wrong internalAddress SSH is not said to use it, and what the cluster gave the host is no choice', () => {
  const links = {
    'flannel.1': '10.244.0.0',
    cni0: '10.244.0.1',
    eth0: '10.0.0.9',
    eth1: '10.0.0.100',
  };
  const addresses = Object.entries(links).map(([name, address]) => ({ interface: name, address, prefix: 24 }));
  const spec = {
    hosts: [{ name: 'c1', address: 'c1.lab', internalAddress: '10.0.0.1', roles: ['control-plane'] }],
    apiServer: { virtualAddress: { address: '10.0.0.100', routerId: 51 } },
  };
  expect(about({ spec, controlPlane: { addresses } })).toEqual([
    [
      'error',
      '10.0.0.1 (internalAddress in the inventory), which no interface of it has; it has 10.0.0.9 (eth0)',
      'Set internalAddress: of c1 in the inventory to the one of these that the other hosts reach.',
    ],
  ]);
});

test('the same address on two hosts is refused on both', () => {
  const hosts = [
    { name: 'c1', address: 'c1.lab', internalAddress: '10.0.2.15', roles: ['control-plane'] },
    { name: 'w1', address: 'w1.lab', internalAddress: '10.0.0.2' },
  ];
  // The worker uses another one, but what it sends to the control plane would come back to itself.
  const wanted = { spec: { hosts }, controlPlane: has('10.0.2.15', '10.0.0.1'), worker: has('10.0.2.15', '10.0.0.2') };
  expect(about(wanted)).toEqual([
    [
      'error',
      '10.0.2.15, which w1 has too; it also has 10.0.0.1 (eth1)',
      expect.stringContaining('Set internalAddress: of each in the inventory to one that it has alone'),
    ],
  ]);
  expect(about(wanted, 'w1')).toEqual([]);
});

test('an address inside the pod or service range is refused', () => {
  expect(
    about({
      controlPlane: has('10.0.0.1'),
      spec: { network: { serviceCIDR: '10.0.0.0/20', podCIDR: '10.244.0.0/16' } },
    }),
  ).toEqual([
    [
      'error',
      '10.0.0.1, inside network.serviceCIDR (10.0.0.0/20)',
      'Set network.serviceCIDR in the inventory to a range that no host is in, or internalAddress: of c1 to another address.',
    ],
  ]);
});

const member = (nodeAddress: string): Pick<HostFacts, 'kubernetes'> => ({
  kubernetes: {
    membership: 'member',
    kubeletActive: true,
    pki: {},
    journal: true,
    made: true,
    manifests: {},
    nodeAddress,
  },
});

test('a worker whose address changed is told, and goes on', () => {
  expect(about({ worker: { ...has('10.0.0.2'), ...member('10.0.0.9') } }, 'w1')).toEqual([
    ['warning', '10.0.0.9 in the cluster, becomes 10.0.0.2', expect.stringContaining('kinit init moves the node')],
  ]);
});

test('the kubelets of workers know a control plane by its old address', () => {
  const moved = { controlPlane: { ...has('10.0.0.1'), ...member('10.0.0.8') } };
  expect(about({ ...moved, worker: { ...has('10.0.0.2'), ...member('10.0.0.2') } })).toEqual([
    [
      'error',
      '10.0.0.1; the cluster knows c1 as 10.0.0.8, and so do the kubelets of w1',
      expect.stringContaining('Give c1 the address 10.0.0.8 back'),
    ],
  ]);
  expect(about(moved)).toEqual([['warning', '10.0.0.8 in the cluster, becomes 10.0.0.1', expect.any(String)]]);
  const endpoint = { spec: { apiServer: { endpoint: 'api.lab:6443' } } };
  expect(about({ ...moved, ...endpoint, worker: { ...has('10.0.0.2'), ...member('10.0.0.2') } })).toEqual([
    ['warning', '10.0.0.8 in the cluster, becomes 10.0.0.1', expect.any(String)],
  ]);
});
