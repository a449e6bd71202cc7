import { expect, test } from 'vitest';
import { leftOut } from '../../../src/engine/guard/hosts.js';
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
