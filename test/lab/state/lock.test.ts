import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../../src/lab/state/lock.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-lab-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a lock that another process holds is an error that names it', async () => {
  const file = join(folder, 'lock');
  await withLock(file, 0, undefined, async () => {
    await expect(withLock(file, 0, undefined, async () => 'never')).rejects.toThrow(
      expect.objectContaining({
        context: expect.objectContaining({ class: 'locked', found: `held by process ${process.pid}` }),
      }),
    );
  });
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('the lock of a process that was killed does not count', async () => {
  const file = join(folder, 'lock');
  await writeFile(file, `${process.pid} 1\n`);
  await expect(withLock(file, 5, undefined, async () => 'done')).resolves.toBe('done');
});

test('the lock is released when the work fails', async () => {
  const file = join(folder, 'lock');
  await expect(withLock(file, 0, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(file, 0, undefined, async () => 'again')).resolves.toBe('again');
});
