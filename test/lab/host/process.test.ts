import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isHostInit } from '../../../src/lab/commands/faults.js';
import { withLock } from '../../../src/lab/state/lock.js';
import { isAlive, processStart, readRecord, startField } from '../../../src/lab/host/process.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-lab-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the start time is field 22, also after a process name with blanks and brackets', () => {
  const stat = `77 (a ) b (c) ${['S', ...Array.from({ length: 18 }, (_, k) => k), 4711, 9].join(' ')}`;
  expect(startField(stat)).toBe('4711');
  expect(startField(stat.replace('c) S', 'c) Z'))).toBeUndefined();
});

test('a process id that was used again is not the same process', async () => {
  const start = (await processStart(process.pid)) ?? '';
  expect(await isAlive({ pid: process.pid, start })).toBe(true);
  expect(await isAlive({ pid: process.pid, start: String(Number(start) + 1) })).toBe(false);
});

test('a torn record counts as none', async () => {
  const file = join(folder, 'process');
  await writeFile(file, '123 45');
  expect(await readRecord(file)).toBeUndefined();
  await writeFile(file, '123 456\n');
  expect(await readRecord(file)).toEqual({ pid: 123, start: '456' });
});

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

test("PID 1 of a host is told from the machine's processes and from PID 1 of a container in the host", () => {
  expect(isHostInit('Name:\tsystemd\nNSpid:\t900\t1\nNSpgid:\t900\t1\n')).toBe(true);
  expect(isHostInit('Name:\tsh\nNSpid:\t900\n')).toBe(false);
  expect(isHostInit('Name:\tsshd\nNSpid:\t900\t41\n')).toBe(false);
  expect(isHostInit('Name:\tpause\nNSpid:\t900\t77\t1\n')).toBe(false);
});
