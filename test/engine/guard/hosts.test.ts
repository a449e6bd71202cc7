import { expect, test } from 'vitest';
import type { KnownCluster } from '../../../src/engine/guard/cluster.js';
import { changedHosts, leftOut, type GuardedHost } from '../../../src/engine/guard/hosts.js';
import { makeSpec } from '../../pki/context.js';

const node = (controlPlane: boolean) => ({ address: '10.0.0.9', controlPlane, machineId: 'x' });

test('workers that left the inventory are named, with both ways out', () => {
  const spec = makeSpec({});
  const own = Object.fromEntries(spec.hosts.map(({ name }) => [name, node(false)]));
  expect(leftOut(spec, { nodes: own })).toBeUndefined();
  const told = leftOut(spec, { nodes: { ...own, b9: node(false), a9: node(false), c9: node(true) } });
  expect(told).toContain('no longer in the inventory: a9, b9.');
  expect(told).toContain('kinit reset NAME');
  expect(told).toContain('kubectl delete node NAME');
});

test('hosts whose addresses are mixed up are told so, and nothing of what comes of it', () => {
  const spec = makeSpec({});
  const [a, b] = spec.hosts;
  if (a === undefined || b === undefined) throw new Error('two hosts');
  const of = (machineId: string, host: typeof a): GuardedHost =>
    ({
      spec: host,
      address: host.address,
      facts: { machineId, kubernetes: { membership: 'member', manifests: [] } },
    }) as unknown as GuardedHost;
  const nodes = {
    [a.name]: { address: a.address, controlPlane: true, machineId: 'm-a' },
    [b.name]: { address: b.address, controlPlane: false, machineId: 'm-b' },
  };
  const known = { nodes, options: {}, decisions: {} } as unknown as KnownCluster;
  expect(changedHosts(spec, known, [of('m-a', a), of('m-b', b)])).toEqual([]);
  const mixed = changedHosts(spec, known, [of('m-b', a), of('m-a', b)]);
  expect(mixed.map(({ option }) => option)).toEqual(['hosts[].address', 'hosts[].address']);
  expect(mixed[0]).toMatchObject({
    there: `${a.address} for ${b.name}`,
    todo: `Give ${b.name} the address ${a.address}, and ${a.name} its own.`,
  });
  // Installed anew, and a clone that both have the same identity of.
  expect(changedHosts(spec, known, [of('new', a), of('m-b', b)])).toEqual([]);
  const clones = { ...known, nodes: { ...nodes, [b.name]: { ...nodes[b.name], machineId: 'm-a' } } } as KnownCluster;
  expect(changedHosts(spec, clones, [of('m-a', a), of('m-a', b)])).toEqual([]);
});
