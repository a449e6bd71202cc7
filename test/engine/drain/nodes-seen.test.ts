import { expect, test } from 'vitest';
import { inTheirTurns, notDrained, nodesSeen } from '../../../src/engine/drain/nodes-seen.js';
import type { KubeObject } from '../../../src/model/api.js';
import { fakeApi, node } from '../../cluster/fakes.js';

const tainted = (key: string, effect = 'NoSchedule'): object => ({ taints: [{ key, effect }] });
const CORDONED = { unschedulable: true, ...tainted('node.kubernetes.io/unschedulable') };
const BY_KINIT = { annotations: { 'kinit/cordoned': 'upgrade' } };
const NOWHERE = expect.stringMatching(/no other node takes its pods/) as string;

function other(spec: object = {}, metadata: object = {}, ready = true): KubeObject {
  return node('other', ready, { metadata: { name: 'other', ...metadata }, spec });
}

test.each([
  ['another node that is like it', other(), undefined],
  [
    'none but a control plane, which its taint keeps for itself',
    other(tainted('node-role.kubernetes.io/control-plane')),
    NOWHERE,
  ],
  ['a node that a person keeps pods off', other(CORDONED), NOWHERE],
  ['a node that an earlier run keeps pods off, and has not come back to', other(CORDONED, BY_KINIT), NOWHERE],
  ['a node that is not Ready', other({}, {}, false), NOWHERE],
  ['a node that the cluster has lost', other(tainted('node.kubernetes.io/unreachable', 'NoExecute')), NOWHERE],
  ['a node whose disk is full', other(tainted('node.kubernetes.io/disk-pressure')), NOWHERE],
  [
    'a node that somebody has set out of service',
    other(tainted('node.kubernetes.io/out-of-service', 'NoExecute')),
    NOWHERE,
  ],
  [
    'a node of which a taint only says that others are liked better',
    other(tainted('x', 'PreferNoSchedule')),
    undefined,
  ],
])('pods that are to leave a node find %s', async (_what, place, expected) => {
  expect(notDrained('worker', 'upgrade', await nodesSeen(fakeApi([node('worker'), place])))).toEqual(expected);
});

test('the only node of a cluster has no other, and one that is emptied at the same time is none', async () => {
  expect(notDrained('worker', 'upgrade', await nodesSeen(fakeApi([node('worker')])))).toEqual(NOWHERE);
  const both = await nodesSeen(fakeApi([node('worker'), other()]));
  expect(notDrained('worker', 'upgrade', both, ['worker', 'other'])).toEqual(NOWHERE);
});

test('a node whose kubelet is away is not drained: nobody there would end its pods', async () => {
  const seen = await nodesSeen(fakeApi([node('worker', false), other()]));
  expect(notDrained('worker', 'upgrade', seen)).toMatch(/no sign of life/);
});

test.each([
  ['upgrade', /run on while its kubelet is exchanged/],
  ['runtime', /end with its runtime, and are started again/],
  ['reboot', /end with the reboot, and are started again/],
] as const)('what becomes of the pods that stay where the change is: %s', async (why, told) => {
  expect(notDrained('worker', why, await nodesSeen(fakeApi([node('worker')])))).toMatch(told);
});

test('a plan counts on what a cut run keeps pods off: its turn comes before that of the next', async () => {
  const seen = await nodesSeen(fakeApi([node('worker'), other(CORDONED, BY_KINIT)]));
  expect(notDrained('worker', 'upgrade', inTheirTurns(seen))).toBeUndefined();
});
