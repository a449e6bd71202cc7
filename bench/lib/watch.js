import { setTimeout as sleep } from 'node:timers/promises';

const AGAIN_MS = 100;

/**
 * Seconds from the start of the work until each of `watches` said yes for the first time, and until the work was `done`. Throws where
 * the work fails, or one of them has not said yes in time.
 */
export async function timed(watches, work, { minutes = 5 } = {}) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const stop = new AbortController();
  const watched = Promise.all(
    Object.entries(watches).map(async ([name, look]) => {
      await untilYes(name, look, stop.signal, minutes);
      return [name, seconds()];
    }),
  );
  // When the work fails, that is the error to show.
  watched.catch(() => undefined);
  try {
    await work();
    const done = seconds();
    return { ...Object.fromEntries(await watched), done };
  } finally {
    stop.abort();
  }
}

async function untilYes(name, look, signal, minutes) {
  const end = Date.now() + minutes * 60_000;
  let last;
  while (Date.now() < end && !signal.aborted) {
    try {
      last = undefined;
      if (await look()) return;
    } catch (error) {
      last = error;
    }
    await sleep(AGAIN_MS);
  }
  throw new Error(`${name} was not so within ${minutes} min${last === undefined ? '' : `: ${last.message}`}`);
}
