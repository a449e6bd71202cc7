import { expect, test } from 'vitest';
import { KinitError } from '../../../src/model/error.js';
import { stoppedOnRequest } from '../../../src/engine/run/stopped.js';
import { whileHeld } from '../../../src/engine/session/lock.js';

/** What work ends with that stops at its signal, once one of the two is aborted. */
function ended(which: 'asked' | 'lost'): Promise<unknown> {
  const abort = { asked: new AbortController(), lost: new AbortController() };
  const lock = { lost: abort.lost.signal, held: async () => false };
  const work = whileHeld(lock, abort.asked.signal, async (signal) => {
    abort[which].abort(new KinitError('taken over', { class: 'locked' }));
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

test('nothing is begun where another one holds it after all', async () => {
  const held = async (): Promise<boolean> => Promise.reject(new KinitError('another', { class: 'locked' }));
  const lock = { lost: new AbortController().signal, held };
  const work = whileHeld(lock, lock.lost, () => Promise.reject(new Error('begun')));
  await expect(work).rejects.toMatchObject({ context: { class: 'locked' } });
});
