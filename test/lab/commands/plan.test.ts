import { expect, test } from 'vitest';
import { missingHosts } from '../../../src/lab/commands/plan.js';

const wanted = { hosts: 3, controlPlanes: 1, cpus: 2, memoryMB: 2048 };
const subnet = '10.210.4.0/24';

test('the first host is the control plane, the others are workers', () => {
  expect(missingHosts([], wanted, subnet).map(({ name, address, roles }) => [name, address, ...roles])).toEqual([
    ['node1', '10.210.4.11', 'control-plane'],
    ['node2', '10.210.4.12', 'worker'],
    ['node3', '10.210.4.13', 'worker'],
  ]);
});

test('a lab that has enough hosts gets none, whatever their size', () => {
  const have = missingHosts([], wanted, subnet);
  expect(missingHosts(have, { ...wanted, cpus: 8 }, subnet)).toEqual([]);
  expect(missingHosts(have, { ...wanted, hosts: 1 }, subnet)).toEqual([]);
});

test('more hosts go on with numbers and addresses where the lab ended', () => {
  const have = missingHosts([], wanted, subnet);
  expect(missingHosts(have, { ...wanted, hosts: 4, memoryMB: 512 }, subnet)).toEqual([
    { name: 'node4', address: '10.210.4.14', roles: ['worker'], cpus: 2, memoryMB: 512, driver: 'nspawn' },
  ]);
});

test('without a worker the control plane runs ordinary pods too', () => {
  expect(missingHosts([], { ...wanted, hosts: 1 }, subnet)[0]?.roles).toEqual(['control-plane', 'worker']);
});

test('new hosts are made as the first one was, unless another driver is asked for', () => {
  const have = missingHosts([], { ...wanted, hosts: 1, driver: 'uml' }, subnet);
  expect(missingHosts(have, { ...wanted, hosts: 2 }, subnet)[0]?.driver).toBe('uml');
  expect(missingHosts(have, { ...wanted, hosts: 2, driver: 'nspawn' }, subnet)[0]?.driver).toBe('nspawn');
  expect(missingHosts([], wanted, subnet)[0]?.driver).toBe('nspawn');
});
