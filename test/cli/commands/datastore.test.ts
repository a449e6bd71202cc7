import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { fakeIo } from '../fake-io.js';

/** What the engine says of the data, and how often it was asked for an init. */
let state: 'settled' | 'brought';
let inits = 0;
vi.mock('../../../src/engine/index.js', async (original) => ({
  ...(await original<object>()),
  migrateDatastore: () => Promise.resolve(state),
  runCluster: () => {
    inits += 1;
    return Promise.resolve({ changes: 3, failedHosts: [] });
  },
}));
// The engine is large; on a busy machine it takes its time to load.
beforeAll(async () => void (await import('../../../src/engine/index.js')), 60_000);

const folder = mkdtempSync(join(tmpdir(), 'kinit-datastore-'));
afterAll(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, 'kept'));
symlinkSync(join(folder, 'kept'), join(folder, 'link'));

test.each([
  ['kept/new', 'kept/new'],
  ['kept/new', 'kept/../kept/new'],
  ['kept/new', 'link/new'],
  ['kept/old', 'link/old'],
])('a backup at %s whose keys would go over it, at %s, is refused before anything', async (file, keys) => {
  writeFileSync(join(folder, 'kept/old'), 'an older backup');
  const io = fakeIo();
  const words = ['datastore', 'backup', '--file', join(folder, file), '--keys', `${folder}/${keys}`, '-i', '/nowhere'];
  expect({ code: await main(words, io), err: io.err() }).toEqual({
    code: 10,
    err: expect.stringContaining('--file and --keys name the same file') as string,
  });
  expect(readFileSync(join(folder, 'kept/old'), 'utf8')).toBe('an older backup');
});

const GOOD = join(folder, 'inventory.yaml');
writeFileSync(GOOD, 'name: demo\nhosts: [{ name: c1, address: 192.0.2.1, roles: [control-plane] }]\n');

test.each([
  ['--file', 'is not a backup of demo', 'hosts: []\n'],
  ['--file', 'is not a backup of demo', `${JSON.stringify(manifestOf('other'))}\n`],
  ['--keys', 'is not the keys of demo', 'hosts: []\n'],
  ['--keys', 'is not the keys of demo', JSON.stringify({ kinitKeys: 1, cluster: 'other', ca: 'x', files: {} })],
])('%s over something else is asked about before a host is', async (option, said, content) => {
  const there = join(folder, 'there');
  writeFileSync(there, content);
  const other = option === '--file' ? [] : ['--file', join(folder, 'new')];
  const io = fakeIo();
  const code = await main(['datastore', 'backup', ...other, option, there, '-i', GOOD], io);
  expect({ code, err: io.err() }).toEqual({ code: 10, err: expect.stringContaining(said) as string });
  expect(readFileSync(there, 'utf8')).toBe(content);
});

test.each<['settled' | 'brought', number, number, string, ...string[]]>([
  ['settled', 0, 0, 'Nothing to migrate: the data of demo are in etcd, as the inventory says. Nothing was changed.'],
  ['brought', 10, 0, 'Go on with kinit init?'],
  ['brought', 0, 1, '3 changes.', '--yes'],
])('migrate of data that are %s: %i, with %i init', async (found, code, times, said, ...more) => {
  state = found;
  inits = 0;
  const io = fakeIo();
  const ended = await main(['datastore', 'migrate', ...more, '-i', GOOD], io);
  expect({ ended, inits, said: `${io.out()}${io.err()}` }).toEqual({
    ...{ ended: code, inits: times },
    said: expect.stringContaining(said) as string,
  });
});

test('restore without a backup and without keys says what to name, before a host is asked', async () => {
  const io = fakeIo();
  const code = await main(['datastore', 'restore', '-i', GOOD], io);
  expect({ code, err: io.err() }).toEqual({
    code: 10,
    err: expect.stringMatching(/restore needs a file[^]*--keys FILE/) as string,
  });
});

function manifestOf(cluster: string): object {
  return {
    ...{ kinitBackup: 1, kinit: '1', cluster, ca: 'x', kubernetes: '1.36.3', datastore: 'etcd' },
    ...{ revision: 1, keys: 1, bytes: 1, sha256: 'x', taken: 'x' },
  };
}
