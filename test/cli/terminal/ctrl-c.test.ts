import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { withInterrupt } from '../../../src/cli/terminal/ctrl-c.js';
import { KinitError } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';

function setUp() {
  const events: KinitEvent[] = [];
  const source = new EventEmitter();
  let quits = 0;
  const start = <T>(use: (signal: AbortSignal) => Promise<T>) =>
    withInterrupt(
      (event) => events.push(event),
      () => (quits += 1),
      use,
      source,
    );
  return { events, source, start, quits: () => quits };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

test('the first Ctrl-C aborts the signal and says how to go on; the second ends at once', async () => {
  const { events, source, start, quits } = setUp();
  const run = start(async (signal) => {
    await untilAborted(signal);
    source.emit('SIGINT');
    throw new Error('stream closed');
  });
  source.emit('SIGINT');
  await expect(run).rejects.toMatchObject({
    exitCode: 130,
    context: {
      class: 'interrupted',
      found: 'stream closed',
      hint: expect.stringContaining('same command again') as string,
    },
  });
  expect(quits()).toBe(1);
  expect(events).toEqual([{ type: 'warning', text: expect.stringContaining('press Ctrl-C again') as string }]);
});

test('the signal carries an interrupted KinitError, for what only rethrows its reason', async () => {
  const { source, start } = setUp();
  const run = start(async (signal) => {
    await untilAborted(signal);
    signal.throwIfAborted();
  });
  source.emit('SIGTERM');
  await expect(run).rejects.toMatchObject({ message: 'Interrupted', exitCode: 130 });
});

test('a summary of interrupted hosts is an interruption, not a failure to mend', async () => {
  const { source, start } = setUp();
  const run = start(async (signal) => {
    await untilAborted(signal);
    throw new KinitError('2 of 3 hosts failed', { class: 'interrupted', found: 'a: stopped', hint: 'Mend the hosts.' });
  });
  source.emit('SIGINT');
  await expect(run).rejects.toMatchObject({
    message: 'Interrupted',
    context: { class: 'interrupted', hint: expect.stringContaining('same command again') as string },
  });
});

test('a run that ends well although it was told to stop has its own result', async () => {
  const { source, start } = setUp();
  const run = start(async (signal) => {
    await untilAborted(signal);
    return 'done';
  });
  source.emit('SIGINT');
  await expect(run).resolves.toBe('done');
});

test('an error without an interruption passes unchanged, and no listener stays', async () => {
  const { source, start } = setUp();
  const error = new KinitError('no', { class: 'change' });
  await expect(start(() => Promise.reject(error))).rejects.toBe(error);
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM') + source.listenerCount('SIGHUP')).toBe(0);
});
