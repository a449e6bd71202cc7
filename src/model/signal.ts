import { setMaxListeners } from 'node:events';

/** A signal that the work on every host listens to, aborted by any of these: Node takes an eleventh listener for a leak, and says so. */
export function signalOfMany(...signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}
