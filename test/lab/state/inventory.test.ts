import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { addToInventory, renderInventory } from '../../../src/lab/state/inventory.js';
import { missingHosts } from '../../../src/lab/commands/plan.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';

const hosts = missingHosts([], { hosts: 3, controlPlanes: 1, cpus: 2, memoryMB: 2048 }, '10.210.4.0/24');
const two = hosts.slice(0, 2);
const options = { lab: 'demo', system: 'Debian 12', shared: { cgroupVersion: 2, swapOn: false } } as const;

test('the inventory is valid and points to the key and known_hosts beside it', () => {
  const spec = specSchema.parse(parse(renderInventory(hosts, options)));
  expect(spec.hosts.map(({ name, address, roles }) => ({ name, address, roles }))).toEqual(
    hosts.map(({ name, address, roles }) => ({ name, address, roles })),
  );
  expect(spec.ssh).toMatchObject({ user: 'root', identityFile: 'id_ed25519', knownHostsFile: 'known_hosts' });
  expect(spec.kubelet).toEqual({
    cgroupV1: 'refuse',
    config: {
      evictionHard: expect.objectContaining({ 'nodefs.available': '0%', 'memory.available': '100Mi' }),
      imageGCHighThresholdPercent: 100,
    },
  });
  expect(spec).toMatchObject({
    swap: 'off',
    timeSync: 'keep',
    kubeProxy: { config: { conntrack: { maxPerCore: 0 } } },
  });
});

test('on a machine with cgroup v1 and swap the inventory says so', () => {
  const spec = specSchema.parse(
    parse(renderInventory(hosts, { lab: 'demo', system: 'Debian 12', shared: { cgroupVersion: 1, swapOn: true } })),
  );
  expect(spec).toMatchObject({ swap: 'keep', kubelet: { cgroupV1: 'allow' } });
});

test("a host is added and the user's edits stay", () => {
  const edited = renderInventory(two, options)
    .replace('name: demo\n', 'name: demo\nproxyMode: ipvs # I want this one\n')
    .replace('name: node2\n', 'name: node2\n    labels: {disk: ssd}\n');
  const text = addToInventory(edited, hosts, 'inventory.yaml');
  const spec = specSchema.parse(parse(text));
  expect(spec.hosts.map(({ name }) => name)).toEqual(['node1', 'node2', 'node3']);
  expect(spec.hosts[1]?.labels).toEqual({ disk: 'ssd' });
  expect(text).toContain('# I want this one');
  expect(text).toContain('# Everything below is for throwaway hosts');
});

test('nothing to add: the text is the same to the byte', () => {
  const text = renderInventory(hosts, options).replace('name: demo', 'name:   demo');
  expect(addToInventory(text, hosts, 'inventory.yaml')).toBe(text);
});

test.each(['hosts: [', 'name: x\n', 'hosts: 3\n'])('an inventory that is broken ("%s") is not overwritten', (text) => {
  expect(() => addToInventory(text, hosts, '/lab/inventory.yaml')).toThrow(
    expect.objectContaining({
      context: expect.objectContaining({ class: 'inventory', hint: expect.stringContaining('/lab/inventory.yaml') }),
    }),
  );
});

test('hosts with kernels of their own need no settings of a shared one', () => {
  const spec = specSchema.parse(parse(renderInventory(hosts, { lab: 'demo', system: 'Debian 12' })));
  expect(spec).toMatchObject({ swap: 'off', selinux: 'disabled', timeSync: 'keep' });
  expect(spec.kubelet).toEqual({ cgroupV1: 'refuse', config: {} });
  expect(spec.kubeProxy.config).toEqual({});
});
