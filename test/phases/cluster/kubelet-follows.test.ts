import { expect, test } from 'vitest';
import type { Phase, PhaseContext } from '../../../src/model/phase.js';
import type { Tools } from '../../../src/model/resource.js';
import { kubeletFollows } from '../../../src/phases/cluster/control-plane.js';
import { phases } from '../../../src/phases/index.js';
import { makeContext } from '../../templates/context.js';

const node = phases.find(({ id }) => id === 'node') as Phase;
const EMBEDDED = { controlPlane: { mode: 'embedded' } };

function leaderOf(membership: 'none' | 'member', inventory: Record<string, unknown>): PhaseContext {
  const context = makeContext(inventory);
  const { leader, nodes } = context;
  const facts = { ...leader.facts, kubernetes: { ...leader.facts.kubernetes, membership } };
  const set = { ...leader, facts };
  return { ...context, nodes: nodes.map((each) => (each === leader ? set : each)), leader: set, node: set };
}

test.each([
  ['that is set up, in one process', leaderOf('none', EMBEDDED), true],
  ['that runs, in one process', leaderOf('member', EMBEDDED), false],
  ['that is set up, of static pods', leaderOf('none', {}), false],
])('the kubelet of a first host %s: watched behind the API server: %s', async (_, context, follows) => {
  expect([kubeletFollows(context), node.appliesTo(context)]).toEqual([follows, follows]);
  if (!follows) return;
  // Its labels and taints come with the cluster.
  expect(node.resources(context).map(({ id }) => id)).toEqual(['proof:kubelet']);
  const asked = node.ready?.(
    context,
    { host: { run: () => Promise.reject(new Error('asked')) } } as unknown as Tools,
    1,
    new Map(),
  );
  await expect(asked).rejects.toThrow('asked');
});
