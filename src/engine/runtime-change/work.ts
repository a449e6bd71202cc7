import { asKinitError, KinitError } from '../../model/error.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { RecordedMove } from '../../model/record.js';
import type { Tools } from '../../model/resource.js';
import { contextFor } from '../context.js';
import { prepare, runHosts } from '../run/hosts.js';
import { reportFailure, type PhaseTiming } from '../run/outcome.js';
import type { HostsRun, Prepared } from '../run/pass.js';
import { stoppedOnRequest } from '../run/stopped.js';
import type { LiveHost } from '../session/session.js';

/** What the changes of single nodes share. */
export interface Work {
  readonly run: HostsRun;
  /** Seconds that the pods of a node get to leave it. */
  readonly drainSeconds: number;
  /** Certificates, artifacts and the API as they were when the run began. */
  readonly prepared: Prepared;
  /** The hosts as they were seen last. */
  live: readonly LiveHost[];
  /** An API server answers. */
  open: boolean;
  readonly timings: PhaseTiming[];
  /** What ended a node's change; it has been told. */
  readonly failures: Map<string, unknown>;
}

/** Everything that may fail without touching a host comes first: artifacts are all there before the first node is drained. */
export async function begin(run: HostsRun, drainSeconds: number): Promise<Work> {
  const prepared = await prepare(run);
  const { live, known } = run;
  return { run, drainSeconds, prepared, live, open: known.open, timings: [], failures: new Map() };
}

export function hostOf(node: string, { live }: Work): LiveHost {
  const host = live.find(({ spec }) => spec.name === node);
  if (host !== undefined) return host;
  throw new KinitError(`host ${node} does not answer`, { class: 'access', host: node });
}

/** As phases see the node, from what was known when the run began. */
export function contextOf(node: string, { prepared: { shared, artifacts } }: Work): PhaseContext {
  return contextFor(shared, node, artifacts);
}

/** A step that is no phase of `init`: told like one. `act` gives how many changes it made. */
export async function step(
  { id, title }: { readonly id: string; readonly title: string },
  node: string,
  work: Work,
  act: (tools: Tools) => Promise<number>,
): Promise<void> {
  const { emit, begun, signal } = work.run;
  const { connection } = hostOf(node, work);
  const started = performance.now();
  const tripsBefore = connection.stats.roundTrips;
  if (signal.aborted) throw stoppedOnRequest();
  emit({ type: 'phase-started', host: node, phase: id, title });
  const tools: Tools = {
    host: connection,
    api: work.prepared.access.api,
    begun,
    progress: (text) => emit({ type: 'progress', host: node, phase: id, text }),
    signal,
  };
  try {
    const changes = await act(tools);
    const timing: PhaseTiming = {
      host: node,
      phase: id,
      seconds: (performance.now() - started) / 1000,
      roundTrips: connection.stats.roundTrips - tripsBefore,
      changes,
    };
    work.timings.push(timing);
    emit({ type: 'phase-finished', ...timing });
  } catch (thrown) {
    const error = asKinitError(thrown).at({ host: node, phase: id });
    work.failures.set(node, error);
    reportFailure(emit, node, id, error);
    throw error;
  }
}

/** Takes the node alone through phases; of the others only what follows from it is written there. */
export async function pass(
  phases: readonly Phase[],
  node: string,
  work: Work,
  moves: readonly RecordedMove[],
): Promise<void> {
  const { run, live, open, prepared } = work;
  const known = { ...run.known, open };
  const outcome = await runHosts({ ...run, live, phases, known, moves, selected: new Set([node]) }, prepared.artifacts);
  work.timings.push(...outcome.timings);
  if (outcome.failures.size === 0) return;
  const ill = [...outcome.failures.keys()];
  for (const [host, error] of outcome.failures) work.failures.set(host, error);
  const own = outcome.failures.get(node);
  if (own !== undefined) throw asKinitError(own);
  throw new KinitError(`not through: it waited for ${ill.join(', ')}`, {
    class: 'partial',
    host: node,
    hint: `Mend ${ill.join(', ')}, then run the same command again.`,
  });
}
