import { expect, test } from 'vitest';
import { apt } from '../../../src/os/debian/apt/index.js';
import { waitForLock } from '../../../src/os/packages/wait-for-lock.js';
import type { KinitError } from '../../../src/model/error.js';
import { fakeHost } from '../../cluster/fakes.js';

function scene(
  answers: readonly string[],
  aborted = false,
): { said: string[]; wait: (limit: number) => Promise<void> } {
  const queue = [...answers];
  const said: string[] = [];
  const stop = new AbortController();
  if (aborted) stop.abort();
  const host = fakeHost({ run: async () => ({ code: 0, stdout: queue.shift() ?? '', stderr: '' }) });
  return {
    said,
    wait: (limit) => waitForLock(apt, limit, { host, progress: (text) => said.push(text), signal: stop.signal }),
  };
}
const failure = (work: Promise<void>): Promise<KinitError> =>
  work.then(
    () => Promise.reject(new Error('no failure')),
    (error: unknown) => error as KinitError,
  );

test('nothing to wait for', async () => {
  const now = scene(['']);
  await now.wait(10);
  expect(now.said).toEqual([]);
});

test('each holder is named once, and when it is gone the work goes on', async () => {
  const now = scene(['apt (pid 7)\n', 'apt (pid 7)\n', 'dpkg (pid 8)\n', '']);
  await now.wait(10);
  expect(now.said).toEqual(
    ['apt (pid 7)', 'dpkg (pid 8)'].map(
      (holder) => `waiting for ${holder}, which holds the package manager's lock, at most 10 s`,
    ),
  );
});

test('the wait is bounded, and ends at Ctrl-C', async () => {
  expect((await failure(scene(['apt (pid 7)\n']).wait(0))).context).toMatchObject({
    class: 'timeout',
    found: 'held by apt (pid 7)',
    hint: expect.stringContaining('ps -fp 7') as string,
  });
  expect((await failure(scene(['apt (pid 7)\n'], true).wait(10))).context.class).toBe('interrupted');
});
