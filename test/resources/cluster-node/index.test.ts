import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/model/api.js';
import { clusterNode, clusterNodeKind } from '../../../src/resources/index.js';
import { fakeApi, fakeTools, node } from '../../cluster/fakes.js';

const wanted = clusterNode({ name: 'a', podNetwork: undefined, labels: {}, taints: [] });
const cordoned = (why: string): KubeObject =>
  node('a', true, {
    metadata: { name: 'a', annotations: { 'kinit/cordoned': why } },
    spec: { unschedulable: true },
  });

test('a node that a reset was to take out, and was killed before it did, takes pods again', async () => {
  const there = cordoned('reset');
  expect(clusterNodeKind.diff(wanted, { node: there })).toMatchObject({
    change: { reason: 'a reset that was cut keeps pods off it' },
  });
  const patches: unknown[] = [];
  const api = fakeApi([there], {
    'PATCH /api/v1/nodes/a': (body) => {
      patches.push(body);
      return { status: 200, body: there };
    },
  });
  for (const step of clusterNodeKind.apply(wanted, { node: there }))
    if (step.do === 'call') await step.run(fakeTools({ api }));
  expect(patches).toContainEqual({
    metadata: { annotations: { 'kinit/cordoned': null } },
    spec: { unschedulable: null },
  });
});

test.each(['reboot', 'upgrade', 'runtime'])('what a %s keeps pods off is let go in its own turn', (why) => {
  expect(clusterNodeKind.diff(wanted, { node: cordoned(why) }).changed).toBe(false);
});
