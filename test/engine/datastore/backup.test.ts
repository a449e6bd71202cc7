import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { beforeEach, expect, test, vi } from 'vitest';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import { KinitError } from '../../../src/model/error.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { CA, careOptions, liveHosts, recordOf, type Answers } from './members.js';

let hosts: { live: LiveHost[]; lost: LostHost[] };
vi.mock('../../../src/engine/session/session.js', () => ({
  openHosts: () => Promise.resolve(hosts),
  closeHosts: () => Promise.resolve(),
}));
vi.mock('../../../src/ssh/index.js', async (original) => ({
  ...(await original<object>()),
  download: () => Readable.from([Buffer.from('copy')]),
}));
const { backUp, compactDatastore, lookAtDatastore } = await import('../../../src/engine/datastore/backup.js');

let asked: string[];
beforeEach(() => {
  asked = [];
});

const BACKUP: Answers = (_host, script) => {
  if (script.includes('snapshot save')) return { stdout: '{"revision":7,"keys":3,"bytes":4}\n' };
  return script.startsWith('sha256sum') ? { stdout: `${sha256Hex('copy')}  file\n` } : undefined;
};

test('a backup says the version that the cluster has, not the one that the inventory wants', async () => {
  hosts = { live: liveHosts(BACKUP, asked, { record: recordOf('1.35.6') }), lost: [] };
  const write = async (content: AsyncIterable<Uint8Array>): Promise<void> =>
    void (await buffer(Readable.from(content)));
  const { manifest } = await backUp({ ...careOptions(), version: '0.1.0', withKeys: false, write });
  expect(manifest).toMatchObject({ kubernetes: '1.35.6', ca: CA, datastore: 'etcd', revision: 7, keys: 3 });
});

/** An etcd with one member that answers, on the first host. */
const ENDPOINT = {
  Endpoint: 'https://10.77.0.11:2379',
  Status: { header: { member_id: 1, revision: 42 }, dbSize: 4000, leader: 1 },
};
const ENDPOINTS = JSON.stringify([ENDPOINT]);
const memberOf = (name: string, address: string): string =>
  `${name.slice(1)}, started, ${name}, https://${address}:2380, https://${address}:2379, false\n`;
const C1 = memberOf('c1', '10.77.0.11');
const C2 = memberOf('c2', '10.77.0.12');
/** @param has lines of its members */
const etcdOf =
  (has: string): Answers =>
  (_host, script) => {
    if (script.includes('=== endpoints'))
      return { stdout: `=== alarms\n=== members\n${has}=== endpoints\n${ENDPOINTS}\n` };
    return script.includes('defrag') ? { stdout: ENDPOINTS } : undefined;
  };
const ETCD = etcdOf(C1 + C2);
/** Its only member. */
const ONE = etcdOf(C1);
const REQUESTS = 'histogram etcd_request_duration_seconds';

test('a control plane that does not answer is shown so, and said', async () => {
  const [c1, c2] = liveHosts(ETCD, asked);
  if (c1 === undefined || c2 === undefined) throw new Error('no hosts');
  hosts = { live: [c1], lost: [{ spec: c2.spec, error: new KinitError('no route', { class: 'access' }) }] };
  const emit = vi.fn();
  const { members } = await lookAtDatastore({ ...careOptions(), emit });
  expect(members).toMatchObject([
    { name: 'c1', answers: true, leader: true },
    { name: 'c2', answers: false },
  ]);
  expect(emit).toHaveBeenCalledWith({ type: 'warning', host: 'c2', text: 'does not answer over SSH: no route' });
});

test('what the API server counts is asked for a look, and not for compacting', async () => {
  hosts = { live: liveHosts(ONE, asked), lost: [] };
  await lookAtDatastore(careOptions());
  expect(asked.filter((line) => line.includes(REQUESTS))).toHaveLength(1);
  asked.length = 0;
  expect(await compactDatastore(careOptions())).toMatchObject({ before: { bytes: 4000 }, after: { bytes: 4000 } });
  expect(asked.filter((line) => line.includes(REQUESTS))).toEqual([]);
});

test('beside a member that is silent nothing is compacted: each of the others would be away for a moment', async () => {
  const lines = [C2, memberOf('c9', '10.77.0.19')];
  for (const line of lines) {
    hosts = { live: liveHosts(etcdOf(C1 + line), asked), lost: [] };
    const name = line.includes('c9') ? 'c9' : 'c2';
    await expect(compactDatastore(careOptions())).rejects.toMatchObject({
      message: 'the datastore is not compacted while a member of it does not answer; nothing was changed',
      context: {
        class: 'refused',
        found: `the member on ${name} does not answer`,
        hint: expect.stringContaining(`kinit reset ${name}`) as string,
      },
    });
  }
  // It has no vote.
  hosts = { live: liveHosts(etcdOf(C1 + C2.replace('false', 'true')), asked), lost: [] };
  expect(asked.filter((line) => line.includes('defrag'))).toEqual([]);
  expect(await compactDatastore(careOptions())).toMatchObject({ after: { bytes: 4000 } });
});

test('hosts without a cluster have no data: that is said, and nothing is asked of their programs', async () => {
  hosts = { live: liveHosts(ETCD, asked, { membership: 'none' }), lost: [] };
  for (const work of [lookAtDatastore, compactDatastore])
    await expect(work(careOptions())).rejects.toMatchObject({ message: 'there is no cluster on these hosts yet' });
  expect(asked).toEqual([]);
});
