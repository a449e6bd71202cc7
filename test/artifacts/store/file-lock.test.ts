import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from '../../../src/artifacts/store/file-lock.js';
import { sha256Hex } from '../../../src/model/text/digest.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-file-lock-'));
  file = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const busy = { message: 'busy', hint: 'wait' };

test.each([
  ['empty', ''],
  ['torn', '4711 12'],
  ['of zeros, as some file systems leave it', '\0\0\0\0'],
])('a lock that is %s has no holder: it is taken over at once', async (_, text) => {
  await writeFile(file, text);
  const started = Date.now();
  expect(await withFileLock(file, { waitSeconds: 60, busy }, async () => 'done')).toBe('done');
  expect(Date.now() - started).toBeLessThan(5000);
  expect(await readdir(folder)).toEqual([]);
});

test('the lock holds its owner from the moment it is there', async () => {
  await withFileLock(file, { waitSeconds: 0, busy }, async () => {
    expect(await readFile(file, 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+ ${hostname()} [0-9a-f]+\n$`));
    expect(await readdir(folder)).toEqual(['lock']);
  });
});

test('one that died while it removed a dead lock does not keep the others out', async () => {
  await writeFile(file, '4194305 1\n');
  const right = `${file}.stale-${sha256Hex('4194305 1\n').slice(0, 16)}`;
  await writeFile(right, '4194306 1\n');
  expect(await withFileLock(file, { waitSeconds: 60, busy }, async () => 'done')).toBe('done');
  expect(await readdir(folder)).toEqual([]);
});

test('many that meet a dead lock at once still go one after another', async () => {
  await writeFile(file, '4194305 1\n');
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 40 }, () =>
      withFileLock(file, { waitSeconds: 30, busy }, async () => {
        most = Math.max(most, ++inside);
        await new Promise((wake) => setTimeout(wake, 3));
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
});

test('an interruption ends the wait', async () => {
  await writeFile(file, '1 1 another-machine x\n');
  const abort = new AbortController();
  const waiting = withFileLock(
    file,
    { waitSeconds: 60, signal: abort.signal, busy, onWait: () => abort.abort() },
    async () => 'never',
  );
  await expect(waiting).rejects.toMatchObject({ context: { class: 'interrupted' } });
});

test('a lock that cannot be read does not stop the clock', async () => {
  await rm(file, { force: true });
  const { mkdir } = await import('node:fs/promises');
  await mkdir(file);
  await expect(withFileLock(file, { waitSeconds: 0, busy }, async () => 'never')).rejects.toThrow('busy');
});
