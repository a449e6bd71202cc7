import { expect, test } from 'vitest';
import { keepalived } from '../../../../src/control-plane/virtual-address/keepalived/index.js';
import { configurationOf } from '../../../../src/control-plane/virtual-address/keepalived/configuration.js';
import { keptAddress } from '../../../../src/control-plane/index.js';
import type { PhaseContext } from '../../../../src/model/phase.js';
import type { FileResource } from '../../../../src/resources/index.js';
import { makeContext } from '../../../templates/context.js';

const member = (address: string, controlPlane = true): object => ({ address, controlPlane, machineId: address });
const three = { a: member('10.0.0.3'), n1: member('10.0.0.1'), w: member('10.0.0.9', false), z: member('10.0.0.2') };

function contextOf(members: Record<string, object>, virtualAddress: object = { address: '10.0.0.100' }): PhaseContext {
  const context = makeContext({ apiServer: { virtualAddress } });
  const { node } = context;
  const named = { ...node, address: '10.0.0.1', spec: { ...node.spec, name: 'n1' } };
  const addresses = [{ interface: 'ens3', address: '10.0.0.1', prefix: 24 }];
  return { ...context, members: members as never, node: { ...named, facts: { ...node.facts, addresses } } };
}

const lines = (context: PhaseContext): string[] =>
  configurationOf(context)
    .text.split('\n')
    .map((line) => line.trim());

test('control planes speak to each other by their own addresses, and ask their own API server first', () => {
  const said = lines(contextOf(three));
  expect(said).toEqual(expect.arrayContaining(['interface ens3', 'unicast_src_ip 10.0.0.1', 'nopreempt']));
  expect(said.slice(said.indexOf('unicast_peer {') + 1, said.indexOf('unicast_peer {') + 4)).toEqual([
    '10.0.0.3',
    '10.0.0.2',
    '}',
  ]);
  expect(said).toContain('script "/etc/kubernetes/virtual-address/check.sh 10.0.0.1:6443 10.0.0.3:6443 10.0.0.2:6443"');
  expect(said).toContain('10.0.0.100/32 dev ens3');
  // The second by name: all priorities differ.
  expect(said).toContain('priority 190');
});

test('one alone speaks to nobody and checks nothing', () => {
  const said = lines(contextOf({ n1: member('10.0.0.1') })).join('\n');
  expect(said).not.toMatch(/unicast|script "/);
  expect(said).toContain('10.0.0.100/32 dev ens3');
});

test('an IPv6 address, an interface and a number of its own', () => {
  const said = lines(contextOf(three, { address: 'fd00::9', interface: 'eth1', routerId: 7 }));
  expect(said).toEqual(expect.arrayContaining(['fd00::9/128 dev eth1', 'interface ens3', 'virtual_router_id 7']));
});

test('other members are another configuration and the same pod: it reads it, and is not started again', () => {
  const [one, two] = [contextOf({ n1: member('10.0.0.1') }), contextOf(three)];
  const { text, loaded } = configurationOf(one);
  expect(loaded).toMatch(/^[0-9a-f]{11}$/);
  expect(text).toContain(`vrrp_process_name vip-${loaded}\n`);
  expect(loaded).not.toBe(configurationOf(two).loaded);
  const pod = (context: PhaseContext): string =>
    String((keepalived.resources(context) as FileResource[]).find(({ path }) => path?.endsWith('.yaml'))?.content);
  expect(pod(one)).toBe(pod(two));
  const kubernetes = {
    ...one.node.facts.kubernetes,
    manifests: { '/etc/kubernetes/manifests/virtual-address.yaml': pod(one) },
  };
  expect(keptAddress({ kubernetes })).toBe('10.0.0.100');
  expect(keptAddress({ kubernetes: { ...kubernetes, manifests: {} } })).toBeUndefined();
});
