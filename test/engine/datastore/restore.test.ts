import { Readable } from 'node:stream';
import { beforeEach, expect, test, vi } from 'vitest';
import type { BackupManifest } from '../../../src/engine/datastore/manifest.js';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import type { Resource } from '../../../src/model/resource.js';
import { careOptions, CA, liveHosts, recordOf, type Answers } from './members.js';

let hosts: { live: LiveHost[]; lost: LostHost[] };
vi.mock('../../../src/engine/session/session.js', () => ({
  openHosts: () => Promise.resolve(hosts),
  closeHosts: () => Promise.resolve(),
}));
vi.mock('../../../src/engine/datastore/settle.js', () => ({
  settle: () => Promise.resolve({ others: [], registered: [], gone: [] }),
}));
vi.mock('../../../src/engine/change/bring-about.js', () => ({
  bringAbout: ({ spec }: LiveHost, resources: readonly Resource[]) => {
    asked.push(`${spec.name}: noted ${resources.map(({ id }) => id).join(' ')}`);
    return Promise.resolve([]);
  },
}));
const { restoreBackup } = await import('../../../src/engine/datastore/restore.js');

const manifest: BackupManifest = {
  kinitBackup: 1,
  kinit: '0.1.0',
  cluster: 'test',
  ca: CA,
  kubernetes: '1.36.3',
  datastore: 'etcd',
  revision: 7,
  keys: 3,
  bytes: 4,
  sha256: 'ab',
  taken: '2026-01-02T03:04:05.000Z',
};

let asked: string[];
beforeEach(() => {
  asked = [];
});

/** Each step by what only it runs. */
const PREPARE = 'etcdutl snapshot restore';
const REPLACE = '/var/lib/etcd/kinit-replacing';
const START = 'systemctl start kubelet';
const DISCARD = 'rm -rf -- /var/lib/etcd/kinit-copy.db /var/lib/etcd/kinit-copy.db.part /var/lib/etcd/kinit-restored';

interface Given {
  readonly signal?: AbortSignal;
  /** Of the backup, and of what runs by its record; '': there is none. */
  readonly versions?: readonly [backup: string, running: string];
}

const restore = (answers: Answers, { signal, versions: [kubernetes, running] = ['1.36.3', ''] }: Given = {}) => {
  hosts = { live: liveHosts(answers, asked, running === '' ? {} : { record: recordOf(running) }), lost: [] };
  return restoreBackup({
    ...careOptions(signal),
    manifest: { ...manifest, kubernetes },
    copy: () => Readable.from(['copy']),
    stop: true,
  });
};
const asking = (what: string): string[] =>
  asked.filter((line) => line.includes(what)).map((line) => line.slice(0, line.indexOf(':')));

test('a copy that one host cannot prepare goes from all, and nothing is stopped', async () => {
  const answers: Answers = (host, script) =>
    host === 'c2' && script.includes(PREPARE) ? { code: 1, stderr: 'Error: torn' } : undefined;
  await expect(restore(answers)).rejects.toMatchObject({
    message: 'could not check the backup',
    context: { host: 'c2', found: 'torn' },
  });
  expect(asking(DISCARD)).toEqual(['c1', 'c2']);
  expect([...asking(REPLACE), ...asking(START)]).toEqual([]);
});

test('so does that of a run which is interrupted meanwhile', async () => {
  const controller = new AbortController();
  const answers: Answers = (_host, script) => {
    if (script.includes(PREPARE)) controller.abort();
    return undefined;
  };
  await expect(restore(answers, { signal: controller.signal })).rejects.toThrow('abort');
  expect(asking(DISCARD)).toEqual(['c1', 'c2']);
  expect(asking(REPLACE)).toEqual([]);
});

test('a control plane that does not start says where its own data are, and what tries again', async () => {
  const answers: Answers = (host, script) => {
    if (script.includes(REPLACE)) return { stdout: `/var/lib/etcd/replaced-of-${host}\n` };
    return host === 'c2' && script.includes(START) ? { code: 1, stderr: 'no' } : undefined;
  };
  await expect(restore(answers)).rejects.toMatchObject({
    context: { host: 'c2', hint: 'What was there is in /var/lib/etcd/replaced-of-c2. kinit init tries again.' },
  });
  expect(asking(DISCARD)).toEqual([]);
});

test('the folders with what was there are those of each host', async () => {
  const answers: Answers = (host, script) =>
    script.includes(REPLACE) && host === 'c2' ? { stdout: '/var/lib/etcd/replaced-1\n' } : undefined;
  expect(await restore(answers)).toMatchObject({
    hosts: ['c1', 'c2'],
    kept: [
      { host: 'c1', folder: '' },
      { host: 'c2', folder: '/var/lib/etcd/replaced-1' },
    ],
  });
});

test.each([
  ['1.36.3', '1.36.3'],
  ['1.36.2', '1.36.3'],
  ['1.35.6', '1.36.3'],
  // The inventory says 1.36.3, and is ahead of the cluster.
  ['1.35.6', '1.35.6'],
  ['1.36.2', ''],
])('a backup of %s is restored where %s runs', async (...versions) => {
  await restore(() => undefined, { versions });
  expect(asking(REPLACE)).toEqual(['c1', 'c2']);
});

test.each([
  [
    '1.36.3',
    '1.35.6',
    'this backup is of a later Kubernetes version',
    /kubernetesVersion: 1\.36\.3 in the inventory, then kinit upgrade/,
  ],
  ['1.36.4', '1.36.3', 'this backup is of a later Kubernetes version', /1\.36\.4 first/],
  ['1.34.9', '1.36.3', 'this backup is of a Kubernetes version more than one minor version back', /--keys FILE/],
])('a backup of %s is refused where %s runs, with a way', async (backup, running, why, todo) => {
  await expect(restore(() => undefined, { versions: [backup, running] })).rejects.toMatchObject({
    message: `${why}; nothing was changed`,
    context: { class: 'refused', host: 'c1', hint: expect.stringMatching(todo) as string },
  });
  expect(asked).toEqual([]);
});
