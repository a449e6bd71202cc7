import { expect, test } from 'vitest';
import { haveElsewhere, nodesSeen } from '../../../src/engine/upgrade/nodes-seen.js';
import { fakeApi, node } from '../../cluster/fakes.js';

const CONTROL_PLANE = { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };
const CORDONED = { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] };

test.each([
  ['another node that is like it', {}, {}, true],
  ['none but a control plane, which its taint keeps for itself', CONTROL_PLANE, {}, false],
  ['a node that a person keeps pods off', CORDONED, {}, false],
  ['a node that an earlier run keeps pods off', CORDONED, { annotations: { 'kinit/cordoned': 'upgrade' } }, true],
  ['a taint that only prefers', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }, {}, true],
])('pods that leave a node have %s', async (_what, spec, metadata, expected) => {
  const other = node('other', true, { metadata: { name: 'other', ...metadata }, spec });
  const seen = await nodesSeen(fakeApi([node('worker'), other]));
  expect(haveElsewhere('worker', seen)).toBe(expected);
});

test('the only node of a cluster has no other', async () => {
  expect(haveElsewhere('worker', await nodesSeen(fakeApi([node('worker')])))).toBe(false);
});
