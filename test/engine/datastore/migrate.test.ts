import { beforeEach, expect, test, vi } from 'vitest';
import { recordText } from '../../../src/cluster/record/text.js';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import type { Resource } from '../../../src/model/resource.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { KinitError } from '../../../src/model/error.js';
import { RECORD, RECORD_VERSION } from '../../../src/model/record.js';
import { careOptions, liveHosts, type Answers } from './members.js';

let hosts: { live: LiveHost[]; lost: LostHost[] };
vi.mock('../../../src/engine/session/session.js', () => ({
  openHosts: () => Promise.resolve(hosts),
  closeHosts: () => Promise.resolve(),
}));
vi.mock('../../../src/engine/change/bring-about.js', () => ({
  bringAbout: ({ spec }: LiveHost, resources: readonly Resource[]) => {
    asked.push(`${spec.name}: noted ${resources.map(({ id }) => id).join(' ')}`);
    return Promise.resolve([]);
  },
}));
/** What the cluster's own record says, through its API. */
let inCluster: string | KinitError;
vi.mock('../../../src/engine/api/access.js', () => ({
  accessThrough: () => ({
    api: () =>
      typeof inCluster === 'string'
        ? Promise.resolve({ get: () => Promise.resolve({ data: { [RECORD.key]: record(inCluster as string) } }) })
        : Promise.reject(inCluster),
    close: () => undefined,
  }),
}));
const { migrateDatastore } = await import('../../../src/engine/datastore/migrate.js');

let asked: string[];
beforeEach(() => {
  asked = [];
  inCluster = 'sqlite';
});

const record = (datastore: string): string =>
  recordText({
    ...{
      version: RECORD_VERSION,
      kinit: '0.1.0',
      kubernetes: '1.36.3',
      decisions: {},
      addOns: {},
      moves: [],
      nodes: {},
    },
    options: { datastore },
    datastore: { kind: datastore, members: { c1: '10.77.0.11' } },
  });

/** Each step by what only it runs. */
const STEPS = {
  noted: 'noted user:etcd directory:/var/lib/etcd',
  stop: 'systemctl stop kinit-server',
  convert: 'datastore convert',
  check: 'etcdutl snapshot restore',
  place: '/var/lib/etcd/kinit-replacing',
  aside: '/var/lib/kinit-datastore/replaced-',
};

const CONVERTED = JSON.stringify({ revision: 7000, keys: 12, bytes: 512 });
const answers =
  (failing = ''): Answers =>
  (_host, script) =>
    failing !== '' && script.includes(failing)
      ? { code: 1, stderr: 'Error: no' }
      : script.includes(STEPS.convert)
        ? { stdout: CONVERTED }
        : undefined;

function migrate(
  kubernetes: { readonly record?: string },
  failing?: string,
  controlPlanes = 1,
  datastore = 'etcd',
  agree: () => Promise<void> = () => Promise.resolve(),
) {
  const live = liveHosts(answers(failing), asked, kubernetes).slice(0, controlPlanes);
  const uploads: string[] = [];
  hosts = {
    live: live.map((host) => ({
      ...host,
      connection: {
        ...host.connection,
        upload: (files) => {
          for (const { path, content } of files)
            uploads.push(`${path}\n${'bytes' in content ? Buffer.from(content.bytes).toString() : ''}`);
          asked.push(`${host.spec.name}: record`);
          return Promise.resolve();
        },
      } as LiveHost['connection'],
    })),
    lost: [],
  };
  const spec = specSchema.parse({
    kubernetesVersion: '1.36.3',
    controlPlane: { mode: 'embedded' },
    datastore,
    hosts: ['c1', 'c2'].slice(0, controlPlanes).map((name, index) => ({
      ...{ name, address: `10.77.0.1${String(index + 1)}` },
      roles: ['control-plane'],
    })),
  });
  const inventory = { spec } as unknown as ReturnType<typeof careOptions>['inventory'];
  return { done: migrateDatastore({ ...careOptions(), inventory, agree }), uploads };
}

const order = (): string[] =>
  asked.flatMap((line) => [
    ...Object.entries(STEPS)
      .filter(([, words]) => line.includes(words))
      .map(([name]) => name),
    ...(line.endsWith(': record') ? ['record'] : []),
  ]);

test('the new folder is in the undo journal before anything is in it; the record names the new datastore once its data are in place, and before the old ones go', async () => {
  const { done, uploads } = migrate({ record: record('sqlite') });
  expect(await done).toMatchObject({ from: 'SQLite', to: 'etcd', keys: 12 });
  expect(order()).toEqual(['noted', 'stop', 'convert', 'check', 'place', 'record', 'aside']);
  expect(uploads).toEqual([expect.stringMatching(/kinit-record\.yaml\n[^]*kind: etcd[^]*datastore: etcd/) as string]);
  // Far behind every revision that a client has seen.
  expect(asked.find((line) => line.includes(STEPS.check))).toContain('1000007000');
});

test.each(['convert', 'check', 'place'] as const)(
  'where it fails at %s the old datastore stays the cluster’s',
  async (step) => {
    const { done, uploads } = migrate({ record: record('sqlite') }, STEPS[step]);
    await expect(done).rejects.toMatchObject({
      context: { class: 'change', found: 'no', hint: expect.stringContaining('kinit init') as string },
    });
    expect(uploads).toEqual([]);
    expect(order()).not.toContain('aside');
  },
);

const DOWN = new KinitError('no answer', { class: 'access', unreachable: 'api' });

test.each([
  ['the cluster says the same: nothing to migrate', 'etcd', 1, 'settled'],
  ['so with several hosts', 'etcd', 2, 'settled'],
  ['the cluster says the one before: a run was cut', 'sqlite', 1, 'brought'],
  ['the API does not answer: a run was cut', DOWN, 1, 'brought'],
] as const)('data that are there already: %s', async (_what, says, count, state) => {
  inCluster = says;
  expect(await migrate({ record: record('etcd') }, undefined, count).done).toBe(state);
  expect(order()).toEqual([]);
});

test('a cluster that refuses to say what it has is not taken for one that was cut', async () => {
  inCluster = new KinitError('forbidden', { class: 'access' });
  await expect(migrate({ record: record('etcd') }).done).rejects.toThrow('forbidden');
});

test.each([
  ['no cluster', {}, 1, 'etcd', /no cluster of kinit/],
  ['no way', { record: record('etcd') }, 1, 'sqlite', /no way from etcd to SQLite/],
  ['several hosts', { record: record('sqlite') }, 2, 'etcd', /migrated on one host/],
] as const)('%s is refused before anything is touched', async (_what, kubernetes, count, datastore, said) => {
  await expect(migrate(kubernetes, undefined, count, datastore).done).rejects.toMatchObject({
    context: { class: 'refused' },
    message: expect.stringMatching(said) as string,
  });
  expect(order()).toEqual([]);
});

test.each([
  ['sqlite', 'etcd', 1],
  ['etcd', 'etcd', 0],
  ['etcd', 'sqlite', 0],
])('from %s to %s a person is asked %i times, before anything is touched', async (from, to, times) => {
  const agree = vi.fn(() => Promise.reject(new Error('no')));
  await migrate({ record: record(from) }, undefined, 1, to, agree).done.catch(() => undefined);
  expect([agree.mock.calls.length, order()]).toEqual([times, []]);
});
