import { expect, test } from 'vitest';
import { waitUntil } from '../../../src/cluster/api/until.js';
import { KinitError } from '../../../src/model/error.js';
import { failure } from '../fakes.js';

const wait = { what: 'rain', timeoutSeconds: 0.05, intervalMs: 1 };

test('progress is told when what is missing changes, not at every look', async () => {
  const answers = ['clouds', 'clouds', 'drops', undefined];
  const said: string[] = [];
  const look = async () => {
    const missing = answers.shift();
    return missing === undefined ? ({ done: true, value: 42 } as const) : ({ done: false, missing } as const);
  };
  expect(await waitUntil({ ...wait, timeoutSeconds: 5, progress: (text) => said.push(text), look })).toBe(42);
  expect(said).toEqual(['waiting for rain: clouds', 'waiting for rain: drops']);
});

test('a wait that runs out says what was waited for, what is missing, and the explanation', async () => {
  const error = await failure(
    waitUntil({
      ...wait,
      look: async () => ({ done: false, missing: 'clouds' }),
      explain: async () => 'high pressure',
    }),
  );
  expect(error.message).toBe('gave up after 0.05 s waiting for rain');
  expect(error.context).toMatchObject({ class: 'timeout', found: 'clouds\nhigh pressure' });
});

test('an explanation that fails does not hide what ran out', async () => {
  const error = await failure(
    waitUntil({
      ...wait,
      look: async () => ({ done: false, missing: 'clouds' }),
      explain: () => Promise.reject(new Error('no barometer')),
    }),
  );
  expect(error.context.found).toBe('clouds\n(could not ask for more: no barometer)');
});

test('an abort ends a long pause at once', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 5);
  const error = await failure(
    waitUntil({
      ...wait,
      timeoutSeconds: 60,
      intervalMs: 60_000,
      signal: stop.signal,
      look: async () => ({ done: false, missing: 'clouds' }),
    }),
  );
  expect(error.context.class).toBe('interrupted');
});

test('an error of a look is not waited for', async () => {
  const error = await failure(
    waitUntil({ ...wait, look: () => Promise.reject(new KinitError('no sky', { class: 'change' })) }),
  );
  expect(error.message).toBe('no sky');
});
