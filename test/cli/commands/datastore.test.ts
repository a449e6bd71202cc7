import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { fakeIo } from '../fake-io.js';

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

function manifestOf(cluster: string): object {
  return {
    ...{ kinitBackup: 1, kinit: '1', cluster, ca: 'x', kubernetes: '1.36.3', datastore: 'etcd' },
    ...{ revision: 1, keys: 1, bytes: 1, sha256: 'x', taken: 'x' },
  };
}
