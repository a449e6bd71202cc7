import type { Emit } from '../model/event.js';

/** Tells what is being built, for how long, and how much is left. */
export interface Progress {
  /** Runs one piece of work, telling its start and, every few seconds, that it goes on. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
}

const HEARTBEAT_MS = 10_000;

export function startProgress(emit: Emit, total: number, heartbeatMs = HEARTBEAT_MS): Progress {
  const started = Date.now();
  let number = 0;
  return {
    async step(what, work) {
      number += 1;
      const mine = number;
      const stepStarted = Date.now();
      const tell = (): void =>
        emit({
          type: 'progress',
          text: `building ${what} (${mine} of ${total}, ${total - mine} left after it, ${elapsed(started)} so far)`,
        });
      tell();
      const heartbeat = setInterval(tell, heartbeatMs);
      try {
        const result = await work();
        emit({ type: 'progress', text: `built ${what} in ${elapsed(stepStarted)}` });
        return result;
      } finally {
        clearInterval(heartbeat);
      }
    },
  };
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
