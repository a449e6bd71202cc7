import { expect, test } from 'vitest';
import { checkJoining, selectHosts } from '../../../src/engine/session/select.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import type { LiveHost } from '../../../src/engine/session/session.js';

const spec = (name: string, role: 'control-plane' | 'worker'): LiveHost['spec'] =>
  ({ name, roles: [role] }) as unknown as LiveHost['spec'];
const live = (name: string, role: 'control-plane' | 'worker', joined: boolean): LiveHost =>
  ({
    spec: spec(name, role),
    facts: { kubernetes: { membership: joined ? 'member' : 'none' } },
  }) as unknown as LiveHost;

test('join takes workers that are not in the cluster; named ones in any case', () => {
  const hosts = [live('cp', 'control-plane', true), live('w1', 'worker', true), live('w2', 'worker', false)];
  expect([...selectHosts(hosts, { fresh: true })]).toEqual(['w2']);
  expect([...selectHosts(hosts, { fresh: true, hosts: ['w1'] })]).toEqual(['w1']);
  expect([...selectHosts(hosts, { fresh: false })]).toEqual(['cp', 'w1', 'w2']);
});

test('join is not for a control-plane host: it is named, with what is', () => {
  const inventory = {
    spec: { hosts: [spec('cp', 'control-plane'), spec('w1', 'worker')] },
  } as unknown as LoadedInventory;
  expect(() => checkJoining(['w1', 'cp'], inventory)).toThrow('cp: join is for workers');
  expect(() => checkJoining(['w1'], inventory)).not.toThrow();
  expect(() => checkJoining(undefined, inventory)).not.toThrow();
});
