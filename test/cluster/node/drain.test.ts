import { expect, test } from 'vitest';
import { drainForGood } from '../../../src/cluster/node/drain.js';
import type { ApiResponse, KubeObject } from '../../../src/model/api.js';
import { fakeApi, fakeTools, node, type FakeApi } from '../fakes.js';

const WEB = {
  ...{ apiVersion: 'v1', kind: 'Pod', status: { phase: 'Running' } },
  metadata: { name: 'web', namespace: 'shop', uid: 'w', ownerReferences: [{ kind: 'ReplicaSet', controller: true }] },
} as KubeObject;

/** A node whose pod a budget holds. @param onEvict what happens meanwhile */
function cluster(there: KubeObject, onEvict: () => void = () => undefined): FakeApi {
  const without = (object: object): object =>
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
  const api: FakeApi = fakeApi([there], {
    'PATCH /api/v1/nodes/a': (body) => {
      const { metadata = {}, spec = {} } = body as { metadata?: { annotations?: object }; spec?: object };
      const now = api.objects.get('Node /a') ?? there;
      const annotations = without({ ...now.metadata.annotations, ...metadata.annotations });
      const changed = { ...now, metadata: { ...now.metadata, annotations }, spec: without(spec) } as KubeObject;
      api.objects.set('Node /a', changed);
      return { status: 200, body: changed };
    },
    'GET /api/v1/pods?fieldSelector=spec.nodeName%3Da': () => ({ status: 200, body: { items: [WEB] } }),
    'POST /api/v1/namespaces/shop/pods/web/eviction': (): ApiResponse => {
      onEvict();
      return { status: 429, body: { message: 'a budget' } };
    },
    'DELETE /api/v1/namespaces/shop/pods/web': () => ({ status: 200, body: {} }),
  });
  return api;
}

test('of a node that leaves, what a budget holds is deleted in the end', async () => {
  const api = cluster(node('a'));
  const tools = fakeTools();
  expect(await drainForGood(api, 'a', { ...tools, timeoutSeconds: 0.05 })).toBe(true);
  expect(api.objects.get('Node /a')?.['spec']).toEqual({ unschedulable: true });
  expect(tools.said.join('\n')).toMatch(/deleting pods that did not leave node a in 0.05 s: shop\/web/);
});

test.each([
  ['that it had cordoned takes pods again', node('a'), {}],
  ['that a person had cordoned stays so', node('a', true, { spec: { unschedulable: true } }), { unschedulable: true }],
])('stopped on request, a node %s', async (_what, there, spec) => {
  const stop = new AbortController();
  const api = cluster(there, () => stop.abort());
  const tools = fakeTools({ signal: stop.signal });
  await expect(drainForGood(api, 'a', { ...tools, timeoutSeconds: 60 })).rejects.toThrow();
  const left = api.objects.get('Node /a');
  expect(left?.['spec'] ?? {}).toEqual(spec);
  expect(left?.metadata.annotations ?? {}).toEqual({});
});

test('what ends a drain otherwise leaves the cordon: the host is given back all the same', async () => {
  const api = cluster(node('a'), () => {
    throw new Error('gone');
  });
  await expect(drainForGood(api, 'a', { ...fakeTools(), timeoutSeconds: 60 })).rejects.toThrow('gone');
  expect(api.objects.get('Node /a')?.metadata.annotations).toEqual({ 'kinit/cordoned': 'reset' });
});
