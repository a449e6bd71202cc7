import { expect, test } from 'vitest';
import { stoppedOnRequest } from '../../../src/engine/run/stopped.js';
import { whileHeld } from '../../../src/engine/session/lock.js';

/** What work ends with that stops at its signal, once one of the two is aborted. */
function ended(which: 'asked' | 'lost'): Promise<unknown> {
  const abort = { asked: new AbortController(), lost: new AbortController() };
  const work = whileHeld({ lost: abort.lost.signal }, abort.asked.signal, async (signal) => {
    abort[which].abort();
    if (signal.aborted) throw stoppedOnRequest();
  });
  return work.catch((thrown: unknown) => thrown);
}

test('a lock that is lost stops the work, and is what it failed with', async () => {
  expect(await ended('lost')).toMatchObject({ context: { class: 'locked' } });
});

test('a person who stops it is told so', async () => {
  expect(await ended('asked')).toMatchObject({ context: { class: 'interrupted' } });
});
