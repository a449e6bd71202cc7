import { expect, test } from 'vitest';
import type { ApiResponse, ClusterApi } from '../../../src/model/api.js';
import { KinitError } from '../../../src/model/error.js';
import { storedData, storedDataKind } from '../../../src/resources/index.js';
import { rewrite } from '../../../src/resources/stored-data/rewrite.js';
import { run } from '../sh.js';

const resource = (scripts: readonly string[]): ReturnType<typeof storedData> =>
  storedData({ key: 'new', resources: ['secrets'], scripts });
const seen = (scripts: readonly string[]): ReturnType<typeof storedDataKind.diff> => {
  const wanted = resource(scripts);
  const { stdout } = run('dash', storedDataKind.observe?.(wanted) ?? '');
  return storedDataKind.diff(wanted, storedDataKind.parse?.(wanted, stdout) ?? { all: NaN, left: NaN });
};

test('nothing is written where all begins with the key; one folder that could not be read is not taken for one without others', () => {
  expect(seen(['echo all=3; echo left=0', 'echo all=4; echo left=0'])).toEqual({
    changed: false,
    reason: '7 objects are stored with new',
  });
  expect(seen(['echo all=3; echo left=1', 'echo all=4; echo left=2'])).toMatchObject({
    change: { reason: '3 of 7 are not stored with new' },
  });
  expect(seen(['echo all=3; echo left=0', '( exit 1 )'])).toMatchObject({
    change: { reason: 'the datastore could not be read' },
  });
  expect(
    storedDataKind.diff(resource([]), storedDataKind.parse?.(resource([]), '') ?? { all: 0, left: 0 }),
  ).toMatchObject({
    changed: true,
  });
});

const DISCOVERY = {
  resources: [
    { name: 'secrets', verbs: ['list', 'update'] },
    { name: 'configmaps', verbs: ['list', 'update'] },
    { name: 'bindings', verbs: ['create'] },
    { name: 'pods/status', verbs: ['update', 'list'] },
  ],
};
const APPS = { resources: [{ name: 'deployments', verbs: ['list', 'update'] }] };
const secret = (namespace: string, name: string): object => ({ metadata: { namespace, name }, data: { a: 'YQ==' } });

/** Refuses what it does not know. */
function fake(answers: Readonly<Record<string, ApiResponse | (() => ApiResponse)>>): {
  api: ClusterApi;
  puts: { path: string; body: unknown }[];
} {
  const puts: { path: string; body: unknown }[] = [];
  const request = (method: string, path: string, body?: unknown): Promise<ApiResponse> => {
    if (method === 'PUT') puts.push({ path, body });
    const answer = answers[`${method} ${path}`];
    if (answer === undefined) return Promise.reject(new Error(`not programmed: ${method} ${path}`));
    return Promise.resolve(typeof answer === 'function' ? answer() : answer);
  };
  return { api: { request } as unknown as ClusterApi, puts };
}

const ok = (body: unknown): ApiResponse => ({ status: 200, body });
const tools = { progress: (): void => undefined, signal: new AbortController().signal };
const SECRETS = {
  'GET /api/v1': ok(DISCOVERY),
  'GET /api/v1/secrets?limit=200': ok({
    kind: 'SecretList',
    apiVersion: 'v1',
    metadata: { continue: 'c/1' },
    items: [secret('a', 'x')],
  }),
  'GET /api/v1/secrets?limit=200&continue=c%2F1': ok({
    kind: 'SecretList',
    apiVersion: 'v1',
    metadata: {},
    items: [secret('b', 'y'), secret('b', 'gone'), secret('b', 'changed')],
  }),
  'PUT /api/v1/namespaces/b/secrets/y': ok({}),
  'PUT /api/v1/namespaces/b/secrets/gone': { status: 404, body: {} },
  'PUT /api/v1/namespaces/b/secrets/changed': { status: 409, body: {} },
};

test('every object of every page is written as it is; what somebody else changed or deleted meanwhile is no matter', async () => {
  let tries = 0;
  const { api, puts } = fake({
    ...SECRETS,
    // An API server that has just been started.
    'PUT /api/v1/namespaces/a/secrets/x': () => (++tries === 1 ? { status: 503, body: {} } : ok({})),
  });
  await rewrite(['secrets'], api, tools);
  expect([...new Set(puts.map(({ path }) => path))].sort()).toEqual([
    '/api/v1/namespaces/a/secrets/x',
    '/api/v1/namespaces/b/secrets/changed',
    '/api/v1/namespaces/b/secrets/gone',
    '/api/v1/namespaces/b/secrets/y',
  ]);
  expect(puts[0]?.body).toEqual({ apiVersion: 'v1', kind: 'Secret', ...secret('a', 'x') });
});

test('what is refused is named after all others were written', async () => {
  const { api, puts } = fake({
    ...SECRETS,
    'PUT /api/v1/namespaces/a/secrets/x': { status: 403, body: { message: 'denied by webhook' } },
  });
  const error: unknown = await rewrite(['secrets'], api, tools).catch((thrown: unknown) => thrown);
  expect(error instanceof KinitError ? [error.message, error.context.found] : error).toEqual([
    '1 of 4 objects could not be written anew',
    'a/x: denied by webhook',
  ]);
  expect(puts).toHaveLength(4);
});

test('resources of groups and patterns are found by the API itself', async () => {
  const none = (kind: string): ApiResponse => ok({ kind, apiVersion: 'v1', metadata: {}, items: [] });
  const { api } = fake({
    'GET /api/v1': ok(DISCOVERY),
    'GET /apis': ok({ groups: [{ name: 'apps', preferredVersion: { groupVersion: 'apps/v1' } }] }),
    'GET /apis/apps/v1': ok(APPS),
    'GET /api/v1/configmaps?limit=200': none('ConfigMapList'),
    'GET /api/v1/secrets?limit=200': none('SecretList'),
    'GET /apis/apps/v1/deployments?limit=200': none('DeploymentList'),
  });
  await expect(rewrite(['*.*'], api, tools)).resolves.toBeUndefined();
  await expect(rewrite(['deployments.apps'], api, tools)).resolves.toBeUndefined();
});
