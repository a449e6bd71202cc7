import { withFileLock } from '../../artifacts/store/file-lock.js';

/** Runs work while holding a lock file, so that two kinit processes do not choose the same network or build the same root file system. */
export function withLock<T>(
  file: string,
  waitSeconds: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const busy = {
    message: 'Another kinit is working on test hosts',
    hint: 'Wait until it is done, then run the same command again.',
  };
  return withFileLock(file, { waitSeconds, signal, busy }, work);
}
