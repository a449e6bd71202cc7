import { Readable } from 'node:stream';
import { beforeEach, expect, test, vi } from 'vitest';
import type { CareOptions } from '../../../src/engine/datastore/work.js';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { SERVER_FILE, type HostFacts } from '../../../src/model/facts.js';
import { CA, careOptions, liveHosts, recordOf } from './members.js';

let hosts: { live: LiveHost[]; lost: LostHost[] };
vi.mock('../../../src/engine/session/session.js', () => ({
  openHosts: () => Promise.resolve(hosts),
  closeHosts: () => Promise.resolve(),
}));
const { backUp, compactDatastore, lookAtDatastore } = await import('../../../src/engine/datastore/backup.js');
const { migrateDatastore } = await import('../../../src/engine/datastore/migrate.js');
const { restoreBackup } = await import('../../../src/engine/datastore/restore.js');

let asked: string[];
beforeEach(() => {
  asked = [];
});

/** Everything that works on data, with what it needs to come to them. */
const WORKS: Readonly<Record<string, (options: CareOptions) => Promise<unknown>>> = {
  backup: (options) => backUp({ ...options, version: '0.1.0', withKeys: true, write: () => Promise.resolve() }),
  restore: (options) =>
    restoreBackup({
      ...options,
      manifest: {
        ...{ kinitBackup: 1, kinit: '0.1.0', cluster: 'test', ca: CA, kubernetes: '1.36.3' },
        ...{ datastore: options.inventory.spec.datastore ?? '', revision: 7, keys: 3, bytes: 4, sha256: 'ab' },
        taken: '2026-01-02T03:04:05.000Z',
      },
      copy: () => Readable.from(['copy']),
      stop: true,
    }),
  status: lookAtDatastore,
  compact: compactDatastore,
};

const EMBEDDED = { controlPlane: 'embedded' };
const PODS = { controlPlane: 'static-pods' };
const PORT = 6443;

interface There {
  /** By the copy of the record. */
  readonly recorded?: Readonly<Record<string, string>>;
  /** Datastore of the server that lies there. */
  readonly server?: string;
  /** Whether its API server listens. */
  readonly open?: boolean;
  readonly kubernetes?: Partial<HostFacts['kubernetes']>;
}

function work(name: string, inventory: object, { recorded, server, open = false, kubernetes }: There) {
  const spec = specSchema.parse({
    kubernetesVersion: '1.36.3',
    hosts: [{ name: 'c1', address: '10.77.0.11', roles: ['control-plane'] }],
    ...inventory,
  });
  const [host] = liveHosts(() => undefined, asked, {
    ...(recorded === undefined ? {} : { record: recordOf('1.36.3', recorded) }),
    ...(server === undefined
      ? {}
      : { manifests: { [SERVER_FILE]: `apiServer: [--secure-port=${String(PORT)}]\ndatastore: {${server}: {}}\n` } }),
    ...kubernetes,
  });
  if (host === undefined) throw new Error('no host');
  const listening = open ? [{ protocol: 'tcp' as const, address: '*', port: PORT }] : [];
  hosts = { live: [{ ...host, facts: { ...host.facts, listening } }], lost: [] };
  const options = { ...careOptions(), inventory: { spec } as unknown as CareOptions['inventory'] };
  return (WORKS[name] ?? migrateDatastore)(options);
}

const refusal = (option: string, there: string, wanted: string) => ({
  message: `the cluster has ${option} ${there}, and the inventory says ${wanted}; nothing was changed`,
  context: { class: 'refused', host: 'c1', hint: expect.stringContaining(`Set ${option}: ${there}.`) as string },
});

const MOVED: There = { recorded: { ...EMBEDDED, datastore: 'etcd' }, server: 'sqlite' };

test.each(Object.keys(WORKS))(
  '%s: an inventory of another datastore or form than the cluster is refused',
  async (name) => {
    const sqlite = { ...EMBEDDED, datastore: 'sqlite' };
    const etcd = { ...EMBEDDED, datastore: 'etcd' };
    for (const open of [true, false]) {
      const there = { recorded: etcd, server: 'etcd', open };
      await expect(work(name, sqlite, there)).rejects.toMatchObject(refusal('datastore', 'etcd', 'sqlite'));
      await expect(work(name, { ...PODS, datastore: 'etcd' }, there)).rejects.toMatchObject(
        refusal('controlPlane', 'embedded', 'static-pods'),
      );
      await expect(work(name, etcd, { recorded: sqlite, server: 'sqlite', open })).rejects.toMatchObject(
        refusal('datastore', 'sqlite', 'etcd'),
      );
    }
    // Their data are in another folder: a restore would put them where nobody looks.
    const elsewhere = { recorded: { ...PODS, datastore: 'etcd', 'etcd.dataDir': '/data/etcd' } };
    await expect(work(name, { datastore: 'etcd' }, elsewhere)).rejects.toMatchObject(
      refusal('etcd.dataDir', '/data/etcd', '/var/lib/etcd'),
    );
    expect(asked).toEqual([]);
  },
);

test('where the data were just moved and nothing runs, the record says where they are', async () => {
  await expect(work('status', { ...EMBEDDED, datastore: 'sqlite' }, MOVED)).rejects.toMatchObject(
    refusal('datastore', 'etcd', 'sqlite'),
  );
  await expect(work('status', { ...EMBEDDED, datastore: 'etcd' }, MOVED)).rejects.toMatchObject({
    message: 'could not look at the datastore',
  });
});

test('a server that listens says it itself', async () => {
  await expect(work('status', { ...EMBEDDED, datastore: 'etcd' }, { ...MOVED, open: true })).rejects.toMatchObject(
    refusal('datastore', 'sqlite', 'etcd'),
  );
});

test('what has no record is held against what lies there', async () => {
  await expect(work('compact', { ...PODS, datastore: 'etcd' }, { server: 'etcd' })).rejects.toMatchObject(
    refusal('controlPlane', 'embedded', 'static-pods'),
  );
});

test('of what is not about data nothing is refused here: a restore is what comes before an init that does', async () => {
  const recorded = { ...PODS, datastore: 'etcd', 'network.podCIDR': '10.1.0.0/16' };
  await work('restore', { datastore: 'etcd' }, { recorded }).catch(() => undefined);
  expect(asked.length).toBeGreaterThan(0);
});

test('hosts that are none of a cluster have nothing to be held against, whatever lies there', async () => {
  const there: There = { ...MOVED, kubernetes: { membership: 'none' } };
  await expect(work('status', { ...EMBEDDED, datastore: 'sqlite' }, there)).rejects.toMatchObject({
    message: 'there is no cluster on these hosts yet',
  });
});

test('migrate moves the datastore, not the form: with another one the running server would not be stopped', async () => {
  const there = { recorded: { ...EMBEDDED, datastore: 'sqlite' }, server: 'sqlite' };
  await expect(work('migrate', { ...PODS, datastore: 'etcd' }, there)).rejects.toMatchObject(
    refusal('controlPlane', 'embedded', 'static-pods'),
  );
  expect(asked).toEqual([]);
});
