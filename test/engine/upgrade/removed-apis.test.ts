import { expect, test } from 'vitest';
import { removedApis } from '../../../src/engine/upgrade/removed-apis.js';
import { fakeApi } from '../../cluster/fakes.js';

const METRICS = `# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs that have been requested
apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.36",resource="flowschemas",subresource="",version="v1beta3"} 1
apiserver_requested_deprecated_apis{group="apps",removed_release="1.38",resource="deployments",subresource="",version="v1beta9"} 1
apiserver_requested_deprecated_apis{group="",removed_release="",resource="componentstatuses",subresource="",version="v1"} 1
`;

const api = (items: unknown[]): ReturnType<typeof fakeApi> =>
  fakeApi([], {
    'GET /metrics': () => ({ status: 200, body: METRICS }),
    'GET /apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas?limit=200': () => ({ status: 200, body: { items } }),
  });

test('what the new version does not have and somebody asks for is named, with the objects that were written by it', async () => {
  const object = (name: string, apiVersion: string): unknown => ({
    metadata: { name, managedFields: [{ apiVersion }] },
  });
  const old = 'flowcontrol.apiserver.k8s.io/v1beta3';
  const items = [object('mine', old), object('other', 'flowcontrol.apiserver.k8s.io/v1')];
  expect(await removedApis(api(items), '1.36.3')).toEqual([
    expect.stringMatching(
      /^flowschemas \S+\/v1beta3 is gone in Kubernetes 1\.36, and in use: mine were written by it\. .*is not seen/,
    ),
  ]);
  expect(await removedApis(api([]), '1.36.3')).toEqual([
    expect.stringContaining('no object was found that was written by it'),
  ]);
});

test('what a later version takes away is no matter yet', async () => {
  expect(await removedApis(api([]), '1.35.4')).toEqual([]);
});

test('an API server that does not tell is no server of which nothing is in use', async () => {
  const silent = fakeApi([], { 'GET /metrics': () => ({ status: 403, body: { message: 'forbidden' } }) });
  expect(await removedApis(silent, '1.36.3')).toEqual([expect.stringContaining('GET /metrics gives 403')]);
});

test('objects are read page by page, and of many only the first are named, with the number of the others', async () => {
  const old = 'flowcontrol.apiserver.k8s.io/v1beta3';
  const page =
    (names: readonly string[], next?: string): (() => { status: number; body: object }) =>
    () => ({
      status: 200,
      body: {
        metadata: next === undefined ? {} : { continue: next },
        items: names.map((name) => ({ metadata: { name, managedFields: [{ apiVersion: old }] } })),
      },
    });
  const path = `GET /apis/${old}/flowschemas?limit=200`;
  const pages = { 'GET /metrics': () => ({ status: 200, body: METRICS }), [path]: page(['a', 'b'], 'x/1') };
  const all = fakeApi([], { ...pages, [`${path}&continue=x%2F1`]: page(['c', 'd', 'e']) });
  expect(await removedApis(all, '1.36.3')).toEqual([expect.stringContaining('a, b, c and 2 more were written by it')]);
  const cut = fakeApi([], { ...pages, [`${path}&continue=x%2F1`]: () => ({ status: 410, body: {} }) });
  expect(await removedApis(cut, '1.36.3')).toEqual([
    expect.stringContaining('a, b were written by it, and not all objects were read: GET flowschemas gives 410'),
  ]);
});
