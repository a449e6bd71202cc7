import { expect, test } from 'vitest';
import { drainNode, tellCordon } from '../../../src/engine/drain/node.js';
import { foreseeDrains } from '../../../src/engine/drain/foresee.js';
import type { ApiResponse, KubeObject } from '../../../src/model/api.js';
import type { KinitEvent } from '../../../src/model/event.js';
import { failure, fakeApi, fakeTools, node } from '../../cluster/fakes.js';

const PODS = 'GET /api/v1/pods?fieldSelector=spec.nodeName%3Da';
const EVICT = 'POST /api/v1/namespaces/shop/pods/web/eviction';
const REASONS = ['upgrade', 'runtime', 'reboot'] as const;

const WEB: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'w', ownerReferences: [{ kind: 'ReplicaSet', controller: true }] },
  status: { phase: 'Running' },
} as KubeObject;
const ALONE = { ...WEB, metadata: { ...WEB.metadata, name: 'alone', ownerReferences: [] } };
const BUDGET = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'shop' },
  status: { expectedPods: 1, disruptionsAllowed: 0 },
};
const HELD: ApiResponse = { status: 429, body: { message: 'the budget web holds it' } };

/** Nodes, the first of which has one pod; a patch changes the node, as the API server would. */
function cluster(nodes: readonly KubeObject[], answers: Record<string, () => ApiResponse> = {}) {
  const api = fakeApi([...nodes, WEB, ALONE, BUDGET], {
    'PATCH /api/v1/nodes/a': (body) => {
      const { metadata = {}, spec = {} } = body as { metadata?: { annotations?: object }; spec?: object };
      const there = api.objects.get('Node /a') ?? node('a');
      const annotations = withoutNulls({ ...there.metadata.annotations, ...metadata.annotations });
      const changed = { ...there, metadata: { ...there.metadata, annotations }, spec: withoutNulls(spec) };
      api.objects.set('Node /a', changed as KubeObject);
      return { status: 200, body: changed };
    },
    [PODS]: () => ({ status: 200, body: { items: [WEB, ALONE] } }),
    [EVICT]: () => HELD,
    ...answers,
  });
  return api;
}

const withoutNulls = (object: object): object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

function spec(api: ReturnType<typeof cluster>): unknown {
  return api.objects.get('Node /a')?.['spec'];
}

function drain(api: ReturnType<typeof cluster>, why: (typeof REASONS)[number], warned: string[] = []) {
  return drainNode(api, 'a', { ...fakeTools(), why, timeoutSeconds: 0.05, warn: (text) => warned.push(text) });
}

test.each(REASONS)('%s: a drain that a budget holds deletes nothing, and the node takes pods again', async (why) => {
  const api = cluster([node('a'), node('b')]);
  const error = await failure(drain(api, why));
  expect(error.message).toMatch(/did not leave node a in 0.05 s; it takes pods again/);
  expect(error.context.found).toBe('pod shop/web: the budget web holds it');
  expect(spec(api)).toEqual({});
  expect(api.calls.filter((call) => /^delete/i.test(call))).toEqual([]);
});

test.each(REASONS)('%s: the only node of a cluster is left with its pods, and that is told', async (why) => {
  const warned: string[] = [];
  const api = cluster([node('a')]);
  expect(await drain(api, why, warned)).toBe(false);
  expect(warned).toEqual([expect.stringMatching(/not drained: no other node takes its pods/)]);
  expect(api.calls).toEqual([]);
});

test('a node that was cordoned before stays so, where it does not get empty', async () => {
  const cordoned = node('a', true, { spec: { unschedulable: true } });
  const error = await failure(drain(cluster([cordoned, node('b')]), 'reboot'));
  expect(error.message).toMatch(/it was cordoned before, and stays so/);
});

test('before the first is touched: what may be in the way, and who is left with its pods', async () => {
  const told: KinitEvent[] = [];
  const emit = (event: KinitEvent): void => void told.push(event);
  const api = cluster([node('a'), node('b'), node('c', false)]);
  expect(await foreseeDrains(api, ['a', 'b', 'c'], 'runtime', emit)).toEqual(['a', 'b']);
  expect(told.map((event) => (event.type === 'warning' ? [event.host, event.text] : event))).toEqual([
    ['c', expect.stringMatching(/^not drained: its kubelet gives no sign of life/)],
    [undefined, expect.stringMatching(/^budgets that let no pod go now.*shop\/web$/)],
    [undefined, expect.stringMatching(/^pods that nobody makes anew.*shop\/alone$/)],
  ]);
});

test('a single node is not drained: nothing is in the way', async () => {
  const told: string[] = [];
  const emit = (event: KinitEvent): void => void told.push(event.type === 'warning' ? event.text : event.type);
  expect(await foreseeDrains(cluster([node('a')]), ['a'], 'reboot', emit)).toEqual([]);
  expect(told).toEqual([expect.stringMatching(/^not drained: no other node/)]);
});

test.each([
  ['kinit keeps pods off it', { annotations: { 'kinit/cordoned': 'runtime' } }, 1],
  ['a person keeps pods off it', {}, 0],
])('a node whose change failed, where %s', async (_what, metadata, times) => {
  const warned: string[] = [];
  const there = node('a', true, { metadata: { name: 'a', ...metadata }, spec: { unschedulable: true } });
  await tellCordon(async () => cluster([there]), 'a', { drained: true, warn: (text) => warned.push(text) });
  expect(warned).toHaveLength(times);
});

test('where no API server answers, it is known of a node that was drained in this run', async () => {
  const warned: string[] = [];
  const none = fakeTools().api;
  await tellCordon(none, 'a', { drained: false, warn: (text) => warned.push(text) });
  expect(warned).toEqual([]);
  await tellCordon(none, 'a', { drained: true, warn: (text) => warned.push(text) });
  expect(warned).toEqual([expect.stringMatching(/stays cordoned/)]);
});
