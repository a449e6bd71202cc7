import { expect, test } from 'vitest';
import { cordonForAWhile, uncordonOurs } from '../../../src/cluster/node/cordon.js';
import { drainGently } from '../../../src/cluster/node/drain-gently.js';
import type { ApiResponse, KubeObject } from '../../../src/model/api.js';
import { failure, fakeApi, fakeTools, node } from '../fakes.js';

const PODS = 'GET /api/v1/pods?fieldSelector=spec.nodeName%3Da';
const NODE = 'PATCH /api/v1/nodes/a';

function pod(name: string, owner?: string, more: Record<string, unknown> = {}): KubeObject {
  const ownerReferences = owner === undefined ? [] : [{ kind: owner, controller: true, uid: `uid-${owner}` }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ownerReferences, ...more },
    status: { phase: 'Running' },
  };
}

/** A node with pods, of which the API server evicts those that `evict` gives a status of 201. */
function cluster(pods: readonly KubeObject[], evict: (name: string) => ApiResponse): ReturnType<typeof fakeApi> {
  let there = [...pods];
  const evictions = pods.map(({ metadata: { name } }) => [
    `POST /api/v1/namespaces/shop/pods/${name}/eviction`,
    () => {
      const answer = evict(name);
      if (answer.status === 201) there = there.filter((each) => each.metadata.name !== name);
      return answer;
    },
  ]);
  return fakeApi([node('a')], {
    [NODE]: (body) => ({ status: 200, body }),
    [PODS]: () => ({ status: 200, body: { items: there } }),
    ...Object.fromEntries(evictions),
  });
}

/** A node that an upgrade has cordoned; what is written to it is kept. */
function cordonedByUs(answers: Parameters<typeof fakeApi>[1]): {
  readonly api: ReturnType<typeof fakeApi>;
  readonly patches: readonly unknown[];
} {
  const ours = { ...node('a'), metadata: { name: 'a', annotations: { 'kinit/cordoned': 'upgrade' } } };
  const patches: unknown[] = [];
  const api = fakeApi([ours], {
    [NODE]: (body) => {
      patches.push(body);
      return { status: 200, body };
    },
    ...answers,
  });
  return { api, patches };
}

const options = { ...fakeTools(), why: 'runtime', timeoutSeconds: 0.05 } as const;

test('what a controller makes anew leaves; DaemonSets, static pods and pods that nobody would make anew stay', async () => {
  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const pods = [pod('web', 'ReplicaSet'), pod('proxy', 'DaemonSet'), pod('etcd', 'Node', mirror), pod('alone')];
  const api = cluster(pods, () => ({ status: 201, body: {} }));
  await drainGently(api, 'a', { ...options, timeoutSeconds: 5 });
  expect(api.calls.filter((call) => call.startsWith('POST'))).toEqual([
    'POST /api/v1/namespaces/shop/pods/web/eviction',
  ]);
});

test('a budget that does not let go is named with its numbers; nothing is deleted, and the node is as it was', async () => {
  const says = 'The disruption budget web needs 2 healthy pods and has 2 currently';
  const api = cluster([pod('web', 'ReplicaSet')], () => ({
    status: 429,
    body: { message: 'Cannot evict pod.', details: { causes: [{ reason: 'DisruptionBudget', message: says }] } },
  }));
  const error = await failure(drainGently(api, 'a', options));
  expect(error.message).toContain('1 pods did not leave node a in 0.05 s; it was cordoned before, and stays so');
  expect(error.context).toMatchObject({
    class: 'timeout',
    found: `pod shop/web: ${says}`,
    hint: expect.stringMatching(/budget allow one pod less.*run the same command again/) as string,
  });
  expect(api.calls.filter((call) => call.startsWith('DELETE') || call.startsWith('delete'))).toEqual([]);
});

test('a node that is drained before anything of it was changed takes pods again where it does not get empty', async () => {
  const { api, patches } = cordonedByUs({
    [PODS]: () => ({ status: 200, body: { items: [pod('web', 'ReplicaSet')] } }),
    'POST /api/v1/namespaces/shop/pods/web/eviction': () => ({ status: 429, body: { message: 'no' } }),
  });
  const error = await failure(drainGently(api, 'a', { ...options, why: 'upgrade' }));
  expect(error.message).toContain('it takes pods again');
  expect(patches.at(-1)).toMatchObject({ spec: { unschedulable: null } });
});

test.each([403, 409, 422, 500])(
  'a pod whose eviction is answered with %i is held, and named with what was said',
  async (status) => {
    const api = cluster([pod('web', 'ReplicaSet')], () => ({ status, body: { message: 'a webhook says no' } }));
    const error = await failure(drainGently(api, 'a', options));
    expect(error.context).toMatchObject({ class: 'timeout', found: 'pod shop/web: a webhook says no' });
  },
);

test('a node that is drained before anything of it was changed takes pods again, also where the API ends the drain', async () => {
  const { api, patches } = cordonedByUs({
    [PODS]: () => ({ status: 503, body: { message: 'etcd has no leader' } }),
  });
  const error = await failure(drainGently(api, 'a', { ...options, why: 'upgrade' }));
  expect(error.message).toContain('refused to list the pods of node a');
  expect(patches.at(-1)).toMatchObject({ spec: { unschedulable: null } });
});

test('a pod that was told to end and does not is named', async () => {
  const ending = pod('slow', 'StatefulSet', { deletionTimestamp: 'x', deletionGracePeriodSeconds: 600 });
  const api = cluster([ending], () => ({ status: 200, body: {} }));
  const error = await failure(drainGently(api, 'a', options));
  expect(error.context.found).toBe('pod shop/slow: was told to end (grace period 600 s), and has not');
});

test('no node of that name is an error, not an empty node', async () => {
  expect((await failure(drainGently(fakeApi(), 'a', options))).message).toContain('there is no node a');
});

test('kinit takes back its own cordon, and leaves that of a person', async () => {
  const patches: unknown[] = [];
  const open = (there: KubeObject) =>
    fakeApi([there], {
      [NODE]: (body) => {
        patches.push(body);
        return { status: 200, body };
      },
    });
  await cordonForAWhile(open(node('a')), 'a', 'runtime');
  const marked = node('a', true, { metadata: { name: 'a', annotations: { 'kinit/cordoned': 'runtime' } } });
  expect(await uncordonOurs(open(marked), 'a')).toBe(true);
  expect(patches).toEqual([
    { metadata: { annotations: { 'kinit/cordoned': 'runtime' } }, spec: { unschedulable: true } },
    { metadata: { annotations: { 'kinit/cordoned': null } }, spec: { unschedulable: null } },
  ]);
  const persons = node('a', true, { spec: { unschedulable: true } });
  await cordonForAWhile(open(persons), 'a', 'runtime');
  expect(await uncordonOurs(open(persons), 'a')).toBe(false);
  expect(patches).toHaveLength(2);
});
