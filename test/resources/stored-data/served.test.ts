import { expect, test } from 'vitest';
import { servedData, servedDataKind } from '../../../src/resources/index.js';
import type { ApiResponse, ClusterApi } from '../../../src/model/api.js';
import { fakeTools } from '../../cluster/fakes.js';

const wanted = servedData({ key: 'new', resources: ['secrets'] });

/** An API server that counts what it decrypts. @param keys of its Secrets; @param more what others ask for meanwhile, by the key */
function server(keys: readonly string[], more: Readonly<Record<string, number>> = {}, restarts = false): ClusterApi {
  const counts = new Map<string, number>(Object.entries({ new: 7, old: 5 }));
  const count = (key: string, number = 1): void => void counts.set(key, (counts.get(key) ?? 0) + number);
  const names = keys.map((_, index) => `s${String(index)}`);
  const line = (resource: string, type: string, prefix: string, number: number): string =>
    `apiserver_storage_transformation_operations_total{resource="${resource}",status="OK",transformation_type="${type}",transformer_prefix="${prefix}"} ${String(number)}`;
  let asked = 0;
  const answer = (path: string): unknown => {
    if (path === '/metrics') {
      asked += 1;
      if (asked === 2) for (const [key, number] of Object.entries(more)) count(key, number);
      if (asked === 2 && restarts) counts.clear();
      const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
      return [
        '# HELP x',
        line('secrets', 'from_storage', 'k8s:enc:secretbox:v1:', all),
        line('secrets', 'to_storage', 'old:', asked * 100),
        line('', 'from_storage', 'old:', asked * 100),
        ...[...counts].map(([key, number]) => line('secrets', 'from_storage', `${key}:`, number)),
      ].join('\n');
    }
    if (path === '/api/v1') return { resources: [{ name: 'secrets', verbs: ['list', 'update'] }] };
    if (path === '/api/v1/secrets?limit=200')
      return {
        ...{ kind: 'SecretList', apiVersion: 'v1', metadata: {} },
        items: names.map((name) => ({ metadata: { name, namespace: 'default' } })),
      };
    const at = names.indexOf(path.replace('/api/v1/namespaces/default/secrets/', ''));
    if (at < 0) throw new Error(`not programmed: ${path}`);
    count(keys[at] ?? '');
    return {};
  };
  const request = (_method: string, path: string): Promise<ApiResponse> =>
    Promise.resolve({ status: 200, body: answer(path) });
  return { request } as unknown as ClusterApi;
}

const look = async (api: ClusterApi): Promise<unknown> => {
  const seen = await servedDataKind.observeCall?.(wanted, fakeTools({ api }));
  return seen === undefined ? undefined : servedDataKind.diff(wanted, seen);
};

test('nothing is written where the API server reads all with the key, however much others read meanwhile', async () => {
  const all = { changed: false, reason: '3 objects are stored with new' };
  expect(await look(server(['new', 'new', 'new']))).toEqual(all);
  expect(await look(server(['new', 'new', 'new'], { new: 4 }))).toEqual(all);
});

test('what it reads with another key, or without one, is to be written; also where only others have read such', async () => {
  const left = (number: number): object => ({
    changed: true,
    change: { reason: `${String(number)} of 3 are not stored with new` },
  });
  expect(await look(server(['new', 'old', 'new']))).toMatchObject(left(1));
  expect(await look(server(['identity', 'old', 'old'], { new: 9 }))).toMatchObject(left(3));
  expect(await look(server(['new', 'new', 'new'], { old: 1 }))).toMatchObject(left(1));
});

test('one that was started anew meanwhile has shown nothing', async () => {
  expect(await look(server(['new', 'new', 'new'], {}, true))).toMatchObject({
    change: { reason: 'the datastore could not be read' },
  });
});
