import type { SendOptions } from '../../../model/host.js';
import type { BringOptions } from './bring.js';
import type { Part } from './slices.js';

/** So many of a connection's channels: what is asked for meanwhile needs some too. */
const CHANNELS = 3;

/** Brings files to one host, some of them before they are asked for. */
export interface Ahead {
  /** Never rejects: what is wrong is told when they are asked for. */
  readonly begin: (parts: readonly Part[], signal: AbortSignal) => Promise<void>;
  /** Waits for what has begun, and brings what is missing then. */
  readonly bring: (parts: readonly Part[], options?: SendOptions) => Promise<void>;
}

export function createAhead(send: (parts: readonly Part[], options: BringOptions) => Promise<void>): Ahead {
  let going: Promise<void> = Promise.resolve();
  const listeners = new Set<(bytes: number) => void>();
  const tell = (bytes: number): void => {
    for (const listener of listeners) listener(bytes);
  };
  return {
    begin: (parts, signal) => {
      going = send(parts, { signal, onProgress: tell, channels: CHANNELS }).catch(() => undefined);
      return going;
    },
    bring: async (parts, options = {}) => {
      const { onProgress } = options;
      if (onProgress !== undefined) listeners.add(onProgress);
      await going;
      if (onProgress !== undefined) listeners.delete(onProgress);
      await send(parts, options);
    },
  };
}
