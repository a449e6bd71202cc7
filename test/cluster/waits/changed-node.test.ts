import { expect, test } from 'vitest';
import { servedBy, waitForChangedNode } from '../../../src/cluster/waits/changed-node.js';
import type { KubeObject } from '../../../src/model/api.js';
import { failure, fakeApi, fakeTools, node } from '../fakes.js';

const PODS = 'GET /api/v1/pods?fieldSelector=spec.nodeName%3Da';

function daemon(name: string, ready: boolean): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-x`,
      namespace: 'shop',
      ownerReferences: [{ kind: 'DaemonSet', controller: true, uid: name }],
    },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

function nodeWith(runtime: string, ready = true): KubeObject {
  const there = node('a', ready);
  return { ...there, status: { ...(there['status'] as object), nodeInfo: { containerRuntimeVersion: runtime } } };
}

const cluster = (there: KubeObject, pods: readonly KubeObject[]) =>
  fakeApi([there], { [PODS]: () => ({ status: 200, body: { items: pods } }) });
const wait = (api: ReturnType<typeof fakeApi>, before: readonly string[] = [], mayBeGone = false): Promise<void> =>
  waitForChangedNode(
    () => Promise.resolve(api),
    {
      ...{ node: 'a', told: 'containerRuntimeVersion', isNew: (told) => told.startsWith('cri-o://') },
      ...{ news: 'runs with cri-o', before: new Set(before), mayBeGone },
    },
    { ...fakeTools(), timeoutSeconds: 0.01 },
  );

test('the node is back when it tells of the new runtime, is Ready, and is served as before', async () => {
  await wait(cluster(nodeWith('cri-o://1.34.0'), [daemon('net', true), daemon('broken-before', false)]), ['net']);
});

test.each([
  ['still the other runtime', nodeWith('containerd://2.4.2'), 'its kubelet has not told yet that it runs with cri-o'],
  ['not Ready', nodeWith('cri-o://1.34.0', false), 'a is not Ready'],
  ['a DaemonSet less than before', nodeWith('cri-o://1.34.0'), 'not Ready there: shop/net-x'],
])('%s: it is not back', async (_what, there, missing) => {
  const error = await failure(wait(cluster(there, [daemon('net', false)]), ['net']));
  expect(error.context).toMatchObject({ class: 'timeout', found: expect.stringContaining(missing) as string });
});

test('what served it before are the DaemonSets whose pod was Ready', async () => {
  const pods = [daemon('net', true), daemon('broken', false)];
  expect([...(await servedBy(cluster(node('a'), pods), 'a'))]).toEqual(['net']);
});

test('one that is not there any more is waited for, but where that may be', async () => {
  const empty = fakeApi([]);
  expect((await failure(wait(empty))).context.found).toContain('a is not registered');
  await wait(empty, [], true);
});
