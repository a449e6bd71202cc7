import { asKinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { reportFailure, type PhaseTiming } from './outcome.js';
import { isInterrupted, stoppedOnRequest } from './stopped.js';
import type { LiveHost } from '../session/session.js';

/** What is done on one host and is no phase of `init`. */
export interface ToldStep {
  readonly id: string;
  readonly title: string;
}

interface StepTools {
  readonly progress: (text: string) => void;
  /** Counts a change that was made: also of a step that fails later. */
  readonly made: (count?: number) => void;
}

/**
 * Carries out a step and tells it like a phase: that it began, what it made of it, how long it took. Throws what ended it, with
 * host and step, when that has been told; one that was stopped on request did not fail.
 * @param onTiming is told the timing also where the step failed
 */
export async function toldStep(
  { id, title }: ToldStep,
  { spec: { name }, connection }: Pick<LiveHost, 'spec' | 'connection'>,
  { emit, signal, onTiming }: { emit: Emit; signal: AbortSignal; onTiming: (timing: PhaseTiming) => void },
  act: (tools: StepTools) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const tripsBefore = connection.stats.roundTrips;
  let changes = 0;
  const timing = (): PhaseTiming => ({
    host: name,
    phase: id,
    seconds: (performance.now() - started) / 1000,
    roundTrips: connection.stats.roundTrips - tripsBefore,
    changes,
  });
  if (signal.aborted) throw stoppedOnRequest();
  emit({ type: 'phase-started', host: name, phase: id, title });
  try {
    await act({
      progress: (text) => emit({ type: 'progress', host: name, phase: id, text }),
      made: (count = 1) => (changes += count),
    });
  } catch (thrown) {
    onTiming(timing());
    const error = asKinitError(thrown).at({ host: name, phase: id });
    if (!isInterrupted(error)) reportFailure(emit, name, id, error);
    throw error;
  }
  onTiming(timing());
  emit({ type: 'phase-finished', ...timing() });
}
