import type { ChangeSummary } from '../../model/change.js';
import { defined } from '../../model/defined.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { Resource, Tools } from '../../model/resource.js';
import type { ClusterAccess } from '../api/access.js';
import { applyAndAsk } from '../change/apply.js';
import { bringAhead, type ComesAhead } from './ahead.js';
import type { Barriers } from './barriers.js';
import { killPoint } from '../change/kill-point.js';
import type { Observed } from '../change/observe.js';
import { entriesOf, mustRecord, record } from '../change/record.js';
import { tellFailure, type Witness } from './failure.js';
import { lookAtAll, type Looks } from './looks.js';
import type { PhaseTiming } from './outcome.js';
import { stoppedOnRequest } from './stopped.js';
import type { Turn } from './turns.js';

/** One host's way through its phases. */
export interface Pipeline {
  readonly context: PhaseContext;
  readonly tools: Tools;
  readonly phases: readonly Phase[];
  readonly barriers: Barriers;
  /** Whom this host waits for before its turn in a phase. */
  readonly turn: (phase: Phase) => Turn | undefined;
  readonly emit: Emit;
  /** Only say what would change. */
  readonly dryRun: boolean;
  /** Runs the work when fewer than `parallel` hosts are busy. */
  readonly slot: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same for what changes nothing. */
  readonly lookSlot: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same for what is sent before its turn. */
  readonly aheadSlot: <T>(work: () => Promise<T>) => Promise<T>;
  readonly access: Pick<ClusterAccess, 'isOpen' | 'markOpen'>;
  /** A dry run's changes, as they are told, and what would be sent for each. */
  readonly planned: (
    phase: string,
    observed: readonly Observed[],
  ) => readonly { readonly change: ChangeSummary; readonly sends: readonly string[] }[];
  /** Throws where a change must not be made. */
  readonly permit: (phase: string, observed: readonly Observed[]) => void;
  /** Before a phase changes something: throws where what runs would not bear it. */
  readonly trial: (phase: Phase, tools: Tools) => Promise<void>;
  /** Another host of this run, to be asked why it is ill. */
  readonly witness: (host: string) => Witness | undefined;
  /** Says that another host is ill, which this one waited for. */
  readonly blame: (host: string, error: KinitError) => void;
  /** Called after each phase, also one that failed. */
  readonly onTiming: (timing: PhaseTiming) => void;
}

/**
 * Takes one host through its phases in order. All phases are observed in one round trip at the start; one is observed afresh only when an
 * earlier one changed the host, in the same round trip as that where it can be. Throws the first failure; the phases behind it are settled
 * as failed.
 */
export async function runPipeline(pipeline: Pipeline): Promise<number> {
  const { context, phases, barriers } = pipeline;
  const host = context.node.spec.name;
  const mine = phases.filter((phase) => phase.appliesTo(context));
  for (const phase of phases) if (!mine.includes(phase)) barriers.settle(phase.id, host, 'done');
  const gone = new Set<string>();
  let total = 0;
  let comesAhead: ComesAhead | undefined;
  try {
    const mustWait = (phase: Phase): boolean => waitsForOthers(phase, pipeline);
    const looks = await pipeline.lookSlot(() => lookAtAll(mine, { ...pipeline, mustWait }));
    if (!pipeline.dryRun) comesAhead = bringAhead(mine, looks, { ...pipeline, slot: pipeline.aheadSlot });
    for (const phase of mine) {
      for (const name of await waitForOthers(phase, pipeline)) gone.add(name);
      if (takesTurn(phase, looks)) {
        await waitForTurn(phase, pipeline);
        barriers.begin(phase.id, host);
      }
      comesAhead?.isTurnOf(phase);
      total += await pipeline.slot(() => runPhase(phase, looks, pipeline, gone));
      barriers.settle(phase.id, host, 'done');
    }
  } finally {
    for (const phase of mine) barriers.settle(phase.id, host, 'failed');
    await comesAhead?.stop();
  }
  return total;
}

/** Gives the hosts that did not get through what this phase waits for. */
async function waitForOthers(
  phase: Phase,
  { barriers, context, emit, dryRun, tools }: Pipeline,
): Promise<readonly string[]> {
  if (dryRun) return [];
  const host = context.node.spec.name;
  const gone: string[] = [];
  for (const needed of phase.after ?? []) {
    const others = barriers.pending(needed).filter((name) => name !== host);
    if (others.length > 0)
      emit({ type: 'phase-waiting', host, phase: phase.id, for: `${needed} on ${someOf(others)}` });
    const failed = await barriers.wait(needed);
    if (failed.includes(context.leader.spec.name) && host !== context.leader.spec.name) {
      throw new KinitError(`not started: ${context.leader.spec.name} did not get through "${needed}"`, {
        class: 'partial',
        host,
        phase: phase.id,
        hint: `Mend ${context.leader.spec.name} first, then run the same command again.`,
      });
    }
    gone.push(...failed);
    if (tools.signal.aborted) throw stoppedOnRequest().at({ host, phase: phase.id });
  }
  return gone;
}

/** Whether a host moves as the phase's order says: for all that is known. */
function takesTurn(phase: Phase, looks: Looks): boolean {
  if (phase.order?.of !== 'changed-nodes') return true;
  return looks.known(phase)?.every(({ difference }) => !difference.changed) !== true;
}

/** Whether a phase has to wait for other hosts, as things are. */
function waitsForOthers(phase: Phase, { turn, barriers, context }: Pipeline): boolean {
  const host = context.node.spec.name;
  const { until = [], before = [] } = turn(phase) ?? {};
  if (until.some((id) => barriers.isWaitedFor(id, before))) return true;
  return (phase.after ?? []).some((needed) => barriers.isPendingOnOthers(needed, host));
}

/** Throws where a host before this one has failed in its turn: what broke it would break this one too, or it cannot do without both. */
async function waitForTurn(phase: Phase, { turn, barriers, context, emit, dryRun, tools }: Pipeline): Promise<void> {
  const wait = dryRun ? undefined : turn(phase);
  if (wait === undefined) return;
  const { until, before, within } = wait;
  const host = context.node.spec.name;
  const others = before.filter((name) => until.some((id) => barriers.isWaitedFor(id, [name])));
  if (others.length > 0)
    emit({ type: 'phase-waiting', host, phase: phase.id, for: `its turn, behind ${someOf(others)}` });
  const failed: string[] = [];
  for (const id of until) failed.push(...(await barriers.wait(id, before)));
  if (tools.signal.aborted) throw stoppedOnRequest().at({ host, phase: phase.id });
  // One that failed before its turn came has changed nothing that this is about.
  const begun = failed.find((name) => within.some((id) => barriers.hasBegun(id, name)));
  if (begun === undefined) return;
  throw new KinitError(
    `not started: ${begun} did not get through "${until.join('", "')}", and hosts take their turns in this`,
    {
      class: 'partial',
      host,
      phase: phase.id,
      hint: `Mend ${begun} first, then run the same command again.`,
    },
  );
}

/** The first few: of a thousand hosts that wait for a thousand nobody reads all names, and each would be told all of them. */
function someOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

const NAMED = 8;

async function runPhase(phase: Phase, looks: Looks, pipeline: Pipeline, gone: ReadonlySet<string>): Promise<number> {
  const { context, tools, emit } = pipeline;
  const host = context.node.spec.name;
  const started = performance.now();
  const begun = new Date();
  const tripsBefore = tools.host.stats.roundTrips;
  let made = 0;
  const timing = (): PhaseTiming => ({
    host,
    phase: phase.id,
    seconds: (performance.now() - started) / 1000,
    roundTrips: tools.host.stats.roundTrips - tripsBefore,
    changes: made,
  });
  emit({ type: 'phase-started', host, phase: phase.id, title: phase.title });
  try {
    if (tools.signal.aborted) throw stoppedOnRequest();
    const phaseTools: Tools = { ...tools, progress: (text) => emit({ type: 'progress', host, phase: phase.id, text }) };
    const observed = looks.known(phase) ?? (await looks.at(phase, phaseTools));
    const changes = await carryOut(phase, observed, looks, phaseTools, pipeline, () => (made += 1));
    // Hosts that failed have been told of; the others are not held up by a node of theirs that never gets ready.
    const nodes = context.nodes.filter((node) => !gone.has(node.spec.name));
    if (!pipeline.dryRun) {
      if (phase.opensApi === true) pipeline.access.markOpen();
      await phase.ready?.({ ...context, nodes }, phaseTools, changes, looks.proofs());
    }
    const took = { ...timing(), changes };
    pipeline.onTiming(took);
    const reason = changes === 0 ? firstReason(observed) : undefined;
    emit({ type: 'phase-finished', ...took, ...defined({ reason }) });
    return changes;
  } catch (thrown) {
    pipeline.onTiming(timing());
    // Also where an earlier run has changed it: what it has does not work.
    pipeline.barriers.begin(phase.id, host);
    throw await tellFailure({ error: asKinitError(thrown), host, phase: phase.id, begun }, pipeline);
  }
}

async function carryOut(
  phase: Phase,
  observed: readonly Observed[],
  looks: Looks,
  tools: Tools,
  { dryRun, emit, context, ...pipeline }: Pipeline,
  onMade: () => void,
): Promise<number> {
  const host = context.node.spec.name;
  if (dryRun) {
    const planned = pipeline.planned(phase.id, observed);
    for (const { change, sends } of planned)
      emit({ type: 'change-planned', host, phase: phase.id, change, sends: [...sends] });
    return planned.length;
  }
  if (!observed.some(({ difference }) => difference.changed)) {
    if (observed.some(mustRecord)) await record(entriesOf(observed), tools);
    return 0;
  }
  pipeline.permit(phase.id, observed);
  await pipeline.trial(phase, tools);
  const changed = observed.filter((item) => item.difference.changed && item.kind.verify !== false);
  const resources = changed.map(({ resource }) => resource);
  const { changes, answer } = await applyAndAsk(observed, tools, {
    onDone: (change) => {
      onMade();
      emit({ type: 'change-applied', host, phase: phase.id, change });
    },
    ask: (behind) => looks.again(phase, resources, tools, behind),
  });
  await verify(answer, tools);
  killPoint(`verified ${host} ${phase.id}`);
  return changes.length;
}

/** What was changed must be seen as right when asked again: a second plan that is not empty is a bug. */
async function verify(again: readonly Observed[], tools: Tools): Promise<void> {
  for (const { resource, kind, difference } of again) {
    if (!difference.changed) continue;
    throw new KinitError(`${difference.change.summary}: was done, but the host does not show it`, {
      class: 'change',
      tried: resource.id,
      found: [difference.change.reason, await whyUnseen(resource, kind, tools)]
        .filter((part) => part !== '')
        .join('\n'),
      hint:
        kind.unseen?.(resource) ??
        'Something on the host works against this change (another management tool, a read-only file system). Run with --verbose to see what was sent.',
    });
  }
}

async function whyUnseen(resource: Resource, { why }: Observed['kind'], { host }: Tools): Promise<string> {
  if (why === undefined) return '';
  return (await host.run(why(resource), { timeoutSeconds: 30 })).stdout.trim();
}

function firstReason(observed: readonly Observed[]): string {
  const difference = observed[0]?.difference;
  if (difference === undefined || difference.changed) return 'nothing to do';
  return observed.length === 1
    ? difference.reason
    : `${difference.reason}, and ${observed.length - 1} more as they should be`;
}
