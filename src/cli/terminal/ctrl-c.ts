import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { signalOfMany } from '../../model/signal.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const HOW_TO_GO_ON = 'Run the same command again to go on: what is done stays done, the rest follows.';

/**
 * Runs `use` with a signal that the first Ctrl-C aborts; the engine then finishes or rolls back the change in hand.
 * The second Ctrl-C ends the process at once through `quit`.
 */
export async function withInterrupt<T>(
  emit: Emit,
  quit: () => void,
  use: (signal: AbortSignal) => Promise<T>,
  source: NodeJS.EventEmitter = process,
): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) return quit();
    emit({
      type: 'warning',
      text: `stopping: the change in hand is finished first; press Ctrl-C again to stop at once. ${HOW_TO_GO_ON}`,
    });
    controller.abort(new KinitError('Interrupted', { class: 'interrupted', hint: HOW_TO_GO_ON }));
  };
  for (const name of SIGNALS) source.on(name, onSignal);
  try {
    return await use(signalOfMany(controller.signal));
  } catch (error) {
    throw controller.signal.aborted ? interruptedBy(error) : error;
  } finally {
    for (const name of SIGNALS) source.off(name, onSignal);
  }
}

/** Whatever failed because of the interruption, the interruption is what a person and a script need to know. */
function interruptedBy(error: unknown): KinitError {
  const found =
    error instanceof KinitError && error.context.class === 'interrupted'
      ? {}
      : { found: error instanceof Error ? error.message : String(error) };
  return new KinitError('Interrupted', { class: 'interrupted', ...found, hint: HOW_TO_GO_ON });
}
