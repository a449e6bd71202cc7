import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { beforeEach, expect, test, vi } from 'vitest';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
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
const { backUp } = await import('../../../src/engine/datastore/backup.js');

let asked: string[];
beforeEach(() => {
  asked = [];
});

const BACKUP: Answers = (_host, script) => {
  if (script.includes('snapshot save')) return { stdout: '4\n{"revision":7,"totalKey":3}\n' };
  return script.startsWith('sha256sum') ? { stdout: `${sha256Hex('copy')}  file\n` } : undefined;
};

test('a backup says the version that the cluster has, not the one that the inventory wants', async () => {
  hosts = { live: liveHosts(BACKUP, asked, { record: recordOf('1.35.6') }), lost: [] };
  const write = async (content: AsyncIterable<Uint8Array>): Promise<void> =>
    void (await buffer(Readable.from(content)));
  const { manifest } = await backUp({ ...careOptions(), version: '0.1.0', withKeys: false, write });
  expect(manifest).toMatchObject({ kubernetes: '1.35.6', ca: CA, datastore: 'etcd', revision: 7, keys: 3 });
});
