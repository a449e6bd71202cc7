import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processStart } from '../../../src/artifacts/store/process-start.js';
import { isAlive, readRecord } from '../../../src/lab/host/process.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-lab-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

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
