import { join } from 'node:path';
import { withFileLock } from './file-lock.js';
import { storeFolder } from './paths.js';

/**
 * Runs work while holding the store's build lock, so that two builds at once wait for each other and the second finds
 * the first one's results. A lock whose process is gone is taken over.
 */
export function withStoreLock<T>(
  work: () => Promise<T>,
  options: {
    readonly onWait: (holder: string) => void;
    readonly signal: AbortSignal;
    readonly timeoutSeconds?: number;
  },
): Promise<T> {
  const { onWait, signal, timeoutSeconds = 2 * 3600 } = options;
  const busy = {
    message: 'another artifact build does not end',
    hint: 'End that build, or wait for it and run again.',
  };
  return withFileLock(join(storeFolder(), 'build.lock'), { waitSeconds: timeoutSeconds, signal, onWait, busy }, work);
}
