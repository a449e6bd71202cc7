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
