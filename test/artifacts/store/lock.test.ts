import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withStoreLock } from '../../../src/artifacts/store/lock.js';
import { temporaryCache } from '../support.js';

const signal = new AbortController().signal;

function writeLock(cache: string, text: string): void {
  mkdirSync(join(cache, 'kinit', 'store'), { recursive: true });
  writeFileSync(join(cache, 'kinit', 'store', 'build.lock'), text);
}

test('work under the lock never overlaps', async () => {
  temporaryCache();
  let inside = 0;
  const work = async (): Promise<number> => {
    inside += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const seen = inside;
    inside -= 1;
    return seen;
  };
  const run = (): Promise<number> => withStoreLock(work, { onWait: () => undefined, signal });
  expect(await Promise.all([run(), run()])).toEqual([1, 1]);
});

test('the lock of a process that is gone is taken over without waiting', async () => {
  const cache = temporaryCache();
  // Process ids end at 4194304 (kernel, PID_MAX_LIMIT), so this one never lives.
  writeLock(cache, `4194305 1 ${hostname()} x\n`);
  expect(await withStoreLock(() => Promise.resolve('done'), { onWait: () => expect.unreachable(), signal })).toBe(
    'done',
  );
});

test('the lock of a living process is waited for, in bounds, and named', async () => {
  const cache = temporaryCache();
  writeLock(cache, `1 1 another-machine x\n`);
  const waited: string[] = [];
  await expect(
    withStoreLock(() => Promise.resolve(), { onWait: (holder) => waited.push(holder), signal, timeoutSeconds: 0 }),
  ).rejects.toMatchObject({ context: { class: 'locked' } });
  expect(waited).toEqual(['process 1']);
});

test('the lock is given back when the work fails', async () => {
  temporaryCache();
  await expect(
    withStoreLock(() => Promise.reject(new Error('no')), { onWait: () => undefined, signal }),
  ).rejects.toThrow('no');
  expect(await withStoreLock(() => Promise.resolve('free'), { onWait: () => expect.unreachable(), signal })).toBe(
    'free',
  );
});
