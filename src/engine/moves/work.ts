import { defined } from '../../model/defined.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { RecordedMove } from '../../model/record.js';
import type { Tools } from '../../model/resource.js';
import { contextFor } from '../context.js';
import { prepare, runHosts } from '../run/hosts.js';
import type { PhaseTiming } from '../run/outcome.js';
import type { HostsRun, Prepared } from '../run/pass.js';
import { toldStep, type ToldStep } from '../run/told-step.js';
import { factsOf } from '../session/facts.js';
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

/** A step of a node's change. `act` gives how many changes it made. */
export async function step(
  which: ToldStep,
  node: string,
  work: Work,
  act: (tools: Tools) => Promise<number>,
): Promise<void> {
  const { emit, begun, signal } = work.run;
  const host = hostOf(node, work);
  const { api } = work.prepared.access;
  const options = { emit, signal, onTiming: (timing: PhaseTiming) => work.timings.push(timing) };
  await toldStep(which, host, options, async ({ progress, made }) => {
    made(await act({ host: host.connection, api, begun, progress, signal }));
  });
}

/** Takes the node alone through phases; of the others only what follows from it is written there. */
export async function pass(
  phases: readonly Phase[],
  node: string,
  work: Work,
  moves: readonly RecordedMove[],
): Promise<void> {
  const ill = await passOver(phases, [node], work, { moves });
  if (ill.length === 0) return;
  const own = work.failures.get(node);
  if (own !== undefined) throw asKinitError(own);
  throw new KinitError(`not through: it waited for ${ill.join(', ')}`, {
    class: 'partial',
    host: node,
    hint: `Mend ${ill.join(', ')}, then run the same command again.`,
  });
}

/** Takes several nodes through phases, side by side. Gives those that failed; what they failed with is in the work. */
export async function passOver(
  phases: readonly Phase[],
  nodes: readonly string[],
  work: Work,
  { moves, upgradesFrom }: Pick<HostsRun, 'moves' | 'upgradesFrom'>,
): Promise<readonly string[]> {
  const { run, live, open, prepared } = work;
  const known = { ...run.known, open };
  const outcome = await runHosts(
    { ...run, live, phases, known, selected: new Set(nodes), ...defined({ moves, upgradesFrom }) },
    prepared.artifacts,
  );
  work.timings.push(...outcome.timings);
  // First: what a host failed with is what is told, also where it does not answer the next question either.
  for (const [host, error] of outcome.failures) work.failures.set(host, error);
  await lookAgain(work, outcome.timings);
  return [...outcome.failures.keys()];
}

/**
 * Certificates that a pass has written are what the next one goes by: planned from what there was before, they would be signed once more; and so is
 * what a member of the datastore begins with, where a pass has changed that. All else stays as it was seen when the run began, also which host leads.
 */
async function lookAgain(work: Work, timings: readonly PhaseTiming[]): Promise<void> {
  const changedBy = (id: string): ReadonlySet<string> =>
    new Set(timings.filter(({ phase, changes }) => phase === id && changes > 0).map(({ host }) => host));
  const signed = changedBy('pki');
  const kept = changedBy('datastore-kept');
  if (signed.size + kept.size === 0) return;
  const { spec } = work.run.inventory;
  work.live = await Promise.all(
    work.live.map(async (host) => {
      const { name } = host.spec;
      if (!signed.has(name) && !kept.has(name)) return host;
      const { pki, manifests } = (await factsOf(host.connection, spec)).kubernetes;
      const seen = { ...host.facts.kubernetes, pki, ...(kept.has(name) ? { manifests } : {}) };
      return { ...host, facts: { ...host.facts, kubernetes: seen } };
    }),
  );
}
