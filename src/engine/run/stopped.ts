import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';

/** A host, or a run, that Ctrl-C ended: the change in hand was finished, the next one has not begun. */
export function stoppedOnRequest(found?: string): KinitError {
  return new KinitError('stopped on request, between two changes', {
    class: 'interrupted',
    ...defined({ found }),
    hint: 'Nothing is half-done. Run the same command again to go on, or kinit reset to undo.',
  });
}

/** A host that --strict ended because of another one. @param how 'not started', or 'stopped' on the way */
export function stoppedByStrict(how: 'not started' | 'stopped', host: string): KinitError {
  return new KinitError(`${how}: another host failed, and --strict was given`, {
    class: 'partial',
    host,
    hint: 'Mend that host, then run the same command again.',
  });
}

/**
 * The error of a run that was stopped on request, undefined where nothing was. Hosts that stopped did not fail:
 * nothing on them has to be mended. What failed for reasons of its own is named besides.
 */
export function interruption(errors: readonly unknown[]): KinitError | undefined {
  const [only] = errors.filter(isInterrupted);
  if (only === undefined) return undefined;
  if (errors.length === 1) return only;
  const failed = errors.flatMap((error) =>
    error instanceof KinitError && !['interrupted', 'partial'].includes(error.context.class)
      ? [`${error.context.host ?? '?'}: ${error.message}`]
      : [],
  );
  return stoppedOnRequest(failed.length === 0 ? undefined : failed.join('\n'));
}

export function isInterrupted(error: unknown): error is KinitError {
  return error instanceof KinitError && error.context.class === 'interrupted';
}
