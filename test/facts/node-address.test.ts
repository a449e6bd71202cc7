import { expect, test } from 'vitest';
import { nodeAddress } from '../../src/facts/index.js';
import { kubeletFlags } from '../../src/facts/subjects/kubelet/flags.js';
import type { HostFacts } from '../../src/model/facts.js';
import type { HostSpec } from '../../src/model/spec.js';
import { sh } from '../../src/shell/script.js';
import { must, SHELLS, withHost } from '../resources/sh.js';
import { factsOf } from './facts-of.js';

const spec = (more: Partial<HostSpec> = {}): HostSpec => ({ name: 'n', address: 'n.lab', ...more }) as HostSpec;
const nat: Partial<HostFacts> = {
  addresses: [
    { interface: 'eth0', address: '10.0.2.15', prefix: 24 },
    { interface: 'eth1', address: '192.168.56.11', prefix: 24 },
    { interface: 'eth1', address: 'fd00::b', prefix: 64 },
  ],
  defaultRoute: { interface: 'eth0', source: '10.0.2.15' },
};
const of = (facts: Partial<HostFacts>, host = spec()): string =>
  nodeAddress(host, { ...factsOf('n'), ...nat, ...facts });
const session = (server: string): Partial<HostFacts> => ({ session: { client: '192.168.56.1', server } });
const known = (nodeAddress: string): Partial<HostFacts> => ({
  kubernetes: { ...factsOf('n').kubernetes, nodeAddress },
});

test('what the inventory says goes first', () => {
  expect(of(session('192.168.56.11'), spec({ address: '203.0.113.10' }))).toBe('203.0.113.10');
  expect(of(known('10.0.2.15'), spec({ internalAddress: '172.16.0.1' }))).toBe('172.16.0.1');
});

test('by name: the address that SSH came to, before the one of the way out, which may be the same everywhere', () => {
  expect(of({})).toBe('10.0.2.15');
  expect(of(session('192.168.56.11'))).toBe('192.168.56.11');
  expect(of(session('fd00::b'))).toBe('192.168.56.11');
});

test('an address of the session that is not on the host (a forwarded port) counts for nothing', () => {
  expect(of(session('127.0.0.1'))).toBe('10.0.2.15');
  expect(of(session('203.0.113.10'))).toBe('10.0.2.15');
});

test('a node keeps the address it has in the cluster, as long as the host has it', () => {
  expect(of({ ...session('192.168.56.11'), ...known('10.0.2.15') })).toBe('10.0.2.15');
  expect(of({ ...session('192.168.56.11'), ...known('10.0.2.99') })).toBe('192.168.56.11');
});

test('a host without any way out must be told', () => {
  expect(() => nodeAddress(spec(), factsOf('n'))).toThrow('cannot tell which IP address');
});

test.each(SHELLS)("%s: the address that a kubelet was told is read from kubeadm's file", (shell) => {
  withHost((host) => {
    const ask = (): unknown =>
      kubeletFlags.parse(must(shell, host.inside(`${sh(kubeletFlags.script)} 2> /dev/null || :`)));
    expect(ask()).toEqual({});
    host.write(
      '/var/lib/kubelet/kubeadm-flags.env',
      'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.5 --register-with-taints=a=b:NoSchedule"\n',
    );
    expect(ask()).toEqual({ nodeAddress: '10.0.0.5' });
    host.write('/var/lib/kubelet/kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS="--x=y --node-ip=10.0.0.5,fd00::5"\n');
    expect(ask()).toEqual({ nodeAddress: '10.0.0.5' });
  });
});
