import { KinitError } from '../../model/error.js';

/**
 * The error of a run that was stopped on request, undefined where nothing was. Hosts that stopped did not fail:
 * nothing on them has to be mended. What failed for reasons of its own is named besides.
 */
export function interruption(errors: readonly unknown[]): KinitError | undefined {
  const stopped = errors.filter(isInterrupted);
  const [only] = stopped;
  if (only === undefined) return undefined;
  if (errors.length === 1) return only;
  const failed = errors.flatMap((error) =>
    error instanceof KinitError && !['interrupted', 'partial'].includes(error.context.class)
      ? [`${error.context.host ?? '?'}: ${error.message}`]
      : [],
  );
  return new KinitError('stopped on request, between two changes', {
    class: 'interrupted',
    ...(failed.length === 0 ? {} : { found: failed.join('\n') }),
    hint: 'Nothing is half-done. Run the same command again to go on, or kinit reset to undo.',
  });
}

function isInterrupted(error: unknown): error is KinitError {
  return error instanceof KinitError && error.context.class === 'interrupted';
}
