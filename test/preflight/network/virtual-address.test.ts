import { expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { must, SHELLS, withHost } from '../../resources/sh.js';
import { complaints, type Wanted } from '../nodes.js';

const spec = (address: string, more: object = {}): Record<string, unknown> => ({
  apiServer: { virtualAddress: { address, ...more } },
});
const addresses = [
  { interface: 'eth0', address: '10.0.0.1', prefix: 24 },
  { interface: 'eth1', address: '192.168.7.1', prefix: 24 },
];
const about = (wanted: Wanted): unknown[] =>
  complaints({ controlPlane: { addresses }, ...wanted })
    .filter(({ name }) => name === 'virtual-address')
    .map(({ status, found }) => `${status}: ${found}`);

test('it lies in the network of the interface that gets it', () => {
  expect(about({ spec: spec('10.0.0.100') })).toEqual([]);
  expect(about({ spec: spec('192.168.7.100') })).toEqual(['error: outside of 10.0.0.1/24 (eth0)']);
  expect(about({ spec: spec('192.168.7.100', { interface: 'eth1' }) })).toEqual([]);
  expect(about({ spec: spec('192.168.7.100', { interface: 'eth2' }) })).toEqual(['error: c1 has no address at eth2']);
});

test('nobody has it, but the control planes that keep it', () => {
  const has = [...addresses, { interface: 'eth0', address: '10.0.0.100', prefix: 32 }];
  expect(about({ spec: spec('10.0.0.100'), controlPlane: { addresses: has } })).toEqual([
    'error: it is an address of c1',
  ]);
  expect(about({ spec: spec('10.0.0.100'), virtualAddress: new Map([['c1', '02:00:00:00:00:01']]) })).toEqual([
    'error: a machine in this network has it already: 02:00:00:00:00:01',
  ]);
  const manifests = {
    '/etc/kubernetes/manifests/virtual-address.yaml':
      'metadata:\n  annotations:\n    kinit/virtual-address: 10.0.0.100\n',
  };
  const kubernetes = {
    membership: 'none' as const,
    kubeletActive: true,
    pki: {},
    journal: true,
    made: true,
    manifests,
  };
  expect(about({ spec: spec('10.0.0.100'), controlPlane: { addresses: has, kubernetes } })).toEqual([]);
});

const LOOK = sh(shellScript('../../../src/preflight/probe/somebody.sh', import.meta.url), {
  args: ['10.0.0.100', '6443', '1'],
});

test.each(SHELLS)('%s: the kernel knows who answers', (shell) => {
  withHost((host) => {
    const ask = (neighbour: string): string => {
      host.command('bash', 'exit 1');
      host.command('ip', `echo "${neighbour}"`);
      return must(shell, host.inside(LOOK));
    };
    expect(ask('10.0.0.100 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE')).toBe('somebody=02:00:00:00:00:01\n');
    expect(ask('10.0.0.100 dev eth0 FAILED')).toBe('somebody=\n');
    expect(ask('')).toBe('somebody=\n');
  });
});
