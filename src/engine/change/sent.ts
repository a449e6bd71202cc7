import { randomBytes } from 'node:crypto';
import type { Series } from '../../model/host.js';
import { killPoint } from './kill-point.js';

/** What is asked behind what was sent: the host begins with it only where all of that went well. */
export interface Behind {
  /** Settles when it is done; the question is sent before that. */
  readonly made: Promise<void>;
  readonly series: Series;
}

/** What was sent to a host for one phase and is not answered yet. */
export interface Sent {
  /**
   * Sends what begins on the host only where all before it went well, and waits for nothing. `point` is where a test may end kinit:
   * then it is waited for.
   */
  readonly add: (send: (series: Series) => Promise<void>, point: string) => Promise<void>;
  /** Does what cannot be sent ahead, once all before it is done. Throws the first failure. */
  readonly alone: (work: () => Promise<void>, point: string) => Promise<void>;
  /** Settles when all is done. Rejects with the first failure, not with what that kept from beginning. */
  readonly all: () => Promise<void>;
  readonly series: Series;
}

/** @param oneByOne nothing is sent before what goes before it is done */
export function createSent(oneByOne: boolean): Sent {
  const series: Series = { id: randomBytes(6).toString('hex'), broken: false };
  let all = Promise.resolve();

  const alone = async (work: () => Promise<void>, point: string): Promise<void> => {
    await all;
    await work();
    killPoint(point);
  };
  return {
    add: (send, point) => {
      if (oneByOne) return alone(() => send(series), point);
      const answer = send(series);
      answer.catch(() => undefined);
      all = all.then(() => answer);
      all.catch(() => undefined);
      return Promise.resolve();
    },
    alone,
    all: () => all,
    series,
  };
}
