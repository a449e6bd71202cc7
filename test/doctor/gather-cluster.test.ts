import { expect, test } from 'vitest';
import { gatherCluster } from '../../src/doctor/gather-cluster.js';
import type { ClusterApi } from '../../src/model/api.js';
import { failure } from '../cluster/fakes.js';
import { planted } from '../model/text/redact/planted.js';

/** An API server with a pod and an event for each text, and nothing else. */
function apiWith(texts: readonly string[]): ClusterApi {
  const items = (path: string): unknown[] => {
    if (path.startsWith('/api/v1/pods')) return texts.map(pod);
    return path.startsWith('/api/v1/events') ? texts.map((message) => ({ metadata: { name: 'e' }, message })) : [];
  };
  return {
    request: (_method: string, path: string) =>
      Promise.resolve({
        status: 200,
        body: path.startsWith('/readyz') ? 'readyz check passed\n' : { items: items(path) },
      }),
  } as unknown as ClusterApi;
}

function pod(message: string): object {
  return {
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'r/refresh-token:1.0', env: [{ name: 'PASSWORD', value: message }] }] },
    status: {
      phase: 'Failed',
      containerStatuses: [
        { name: 'c', restartCount: 3, state: { terminated: { exitCode: 1, reason: 'Error', message } }, ready: false },
      ],
    },
  };
}

test.each([
  ['a password in quotes', 'password="x"'],
  ['an image whose name ends in token', 'Back-off pulling image "r/refresh-token:1.0"'],
  ['JSON in a string', '{"password":"hunter2","n":1}'],
  ['quotes, control signs and line ends', 'say "a\\"b" \u0001\u001b[31m\n\t\u2028'],
  ['ten thousand lines', 'password="x"\nok\n'.repeat(10_000)],
])('a pod of a user whose message holds %s is no trouble of the API', async (_what, message) => {
  const cluster = await gatherCluster(apiWith([message]));
  expect(cluster.pods).toMatchObject([
    {
      metadata: { name: 'web' },
      spec: { containers: [{ image: 'r/refresh-token:1.0' }] },
      status: { phase: 'Failed', containerStatuses: [{ restartCount: 3, state: { terminated: { exitCode: 1 } } }] },
    },
  ]);
  expect(JSON.stringify(cluster)).not.toMatch(/hunter2|"x\\\\"/);
});

test('what the API does not tell is no empty list: the whole look failed, with its words', async () => {
  const full = apiWith([]);
  const api: ClusterApi = {
    ...full,
    request: (method, path) =>
      path.startsWith('/api/v1/nodes')
        ? Promise.resolve({ status: 500, body: { reason: 'InternalError', message: 'etcdserver: request timed out' } })
        : full.request(method, path),
  };
  expect(await failure(gatherCluster(api))).toMatchObject({
    message: 'the API server refused to list nodes',
    context: { class: 'access', found: '500 InternalError: etcdserver: request timed out' },
  });
});

test('no secret of a pod or event is left, whatever it stood in', async () => {
  const all = Array.from({ length: 300 }, (_none, seed) => planted(10_000 + seed));
  const shown = JSON.stringify(await gatherCluster(apiWith(all.map(({ text }) => text))));
  expect(all.flatMap(({ secrets }) => secrets).filter((secret) => shown.includes(secret))).toEqual([]);
});
