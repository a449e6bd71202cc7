import { expect, test } from 'vitest';
import { absentObject, object, objectKind } from '../../../src/resources/object/index.js';
import { objectYaml, sameObject } from '../../../src/resources/object/view.js';
import type { KubeObject } from '../../../src/model/api.js';
import { KinitError } from '../../../src/model/error.js';
import { fakeApi, fakeTools } from '../../cluster/fakes.js';

const config: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'coredns', namespace: 'kube-system' },
  data: { Corefile: '.:53 {\n}\n' },
};
const wanted = object({ object: config });
const livez = { 'GET /livez': () => ({ status: 200, body: 'ok' }) };

test('ids tell namespaced and cluster-wide objects apart', () => {
  expect(wanted.id).toBe('object:ConfigMap/kube-system/coredns');
  expect(object({ object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } } }).id).toBe(
    'object:Namespace/kube-system',
  );
});

test('before the first init there is no API: everything is to be created', async () => {
  const seen = await objectKind.observeCall?.(wanted, fakeTools());
  expect(objectKind.diff(wanted, seen ?? {})).toMatchObject({
    changed: true,
    change: { action: 'create', diff: expect.stringContaining('+  Corefile: |') as string },
  });
});

test('many objects observed side by side ask only once whether the API answers, and ask again after it did not', async () => {
  let up = false;
  let asked = 0;
  const api = fakeApi([config], {
    'GET /livez': () => {
      asked++;
      if (!up) throw new KinitError('no answer', { class: 'access', unreachable: 'api' });
      return { status: 200, body: 'ok' };
    },
  });
  const tools = fakeTools({ api });
  const observe = async () => objectKind.observeCall?.(wanted, tools);
  const away = await Promise.allSettled([1, 2, 3].map(observe));
  expect(away.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked).toBe(1);
  up = true;
  const seen = await Promise.all([1, 2, 3].map(observe));
  expect(asked).toBe(2);
  expect(objectKind.diff(wanted, seen[0] ?? {})).toEqual({
    changed: false,
    reason: 'ConfigMap kube-system/coredns is as wanted',
  });
});

test('what its controller changed between the two questions is no difference', async () => {
  const version = (resourceVersion: string, annotations: Record<string, string>): KubeObject => ({
    ...config,
    metadata: { ...config.metadata, resourceVersion, annotations },
  });
  const after = version('2', { revision: '1' });
  const states = [version('1', {}), after];
  const api = { ...fakeApi([], livez), get: async () => states.shift() ?? after, apply: async () => after };
  const seen = (await objectKind.observeCall?.(wanted, fakeTools({ api }))) ?? {};
  expect(objectKind.diff(wanted, seen)).toMatchObject({ changed: false });
  expect(states).toEqual([]);
});

test('a refusal is no absence', async () => {
  const api = { ...fakeApi([], livez), get: () => Promise.reject(new KinitError('refused', { class: 'change' })) };
  await expect(objectKind.observeCall?.(wanted, fakeTools({ api }))).rejects.toThrow('refused');
});

test("the server's own fields are no difference, anything else is", () => {
  const live = {
    ...config,
    metadata: {
      ...config.metadata,
      uid: 'u',
      resourceVersion: '7',
      generation: 2,
      creationTimestamp: 'x',
      managedFields: [],
    },
    status: { a: 1 },
  };
  expect(sameObject(live, config)).toBe(true);
  expect(sameObject(live, { ...config, data: {} })).toBe(false);
  expect(sameObject(live, { ...config, metadata: { ...config.metadata, labels: { a: 'b' } } })).toBe(false);
});

test("a Secret's values stand as digests, kubectl's copy of it not at all", () => {
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 's',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"aHVudGVyMg=="}', mine: 'yes' },
    },
    data: { password: 'aHVudGVyMg==' },
    stringData: { other: 'hunter2' },
  };
  const yaml = objectYaml(secret);
  expect(yaml).not.toMatch(/hunter2|aHVudGVyMg/);
  expect(yaml.match(/\(secret, sha256 [0-9a-f]{12}\)/g)).toHaveLength(2);
  expect(yaml).toContain('mine: "yes"');
});

test('what shall not be there is deleted where kinit applied it; what others made stays', async () => {
  const gone = absentObject({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' });
  expect(gone.id).toBe(wanted.id);
  const applied = (operation: string, manager: string): KubeObject => ({
    ...config,
    metadata: { ...config.metadata, managedFields: [{ manager, operation }] },
  });
  const look = async (...objects: KubeObject[]) =>
    objectKind.diff(gone, (await objectKind.observeCall?.(gone, fakeTools({ api: fakeApi(objects, livez) }))) ?? {});
  expect(await look()).toEqual({ changed: false, reason: 'there is no ConfigMap kube-system/coredns' });
  expect(await look(applied('Update', 'kubectl'))).toEqual({
    changed: false,
    reason: "ConfigMap kube-system/coredns is not kinit's",
  });
  expect(await look(applied('Apply', 'kinit'))).toMatchObject({
    changed: true,
    change: {
      action: 'delete',
      summary: 'delete ConfigMap kube-system/coredns',
      diff: expect.stringMatching(/^-kind: ConfigMap/m) as string,
    },
  });
  expect(objectKind.diff(gone, (await objectKind.observeCall?.(gone, fakeTools())) ?? {})).toMatchObject({
    changed: false,
  });
  const api = fakeApi([applied('Apply', 'kinit')], livez);
  const [step] = objectKind.apply(gone, {});
  if (step?.do !== 'call') throw new Error('no call');
  await step.run(fakeTools({ api }));
  expect(await api.get(gone.absent)).toBeUndefined();
});
