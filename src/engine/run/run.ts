import type { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { PlanContent } from '../../model/plan.js';
import type { LoadedInventory } from '../../model/spec.js';
import { clusterLock, lockLost, type LockWish } from '../session/lock.js';
import { explainFailures } from '../explain/explain.js';
import {
  isFailed,
  reportFailure,
  reportOutcome,
  runError,
  totalChanges,
  type HostResult,
  type HostsOutcome,
} from './outcome.js';
import type { PhaseTiming } from './outcome.js';
import { preflight } from './preflight.js';
import type { ReviewedPlan } from '../plan/reviewed.js';
import { runHosts } from './hosts.js';
import { requireLeader } from '../session/leader.js';
import { checkHostNames, selectHosts, selectPhases } from '../session/select.js';
import { closeHosts, openHosts, type LiveHost, type LostHost } from '../session/session.js';

export type Command = 'init' | 'join' | 'plan' | 'apply' | 'check';

export interface RunOptions {
  readonly inventory: LoadedInventory;
  readonly command: Command;
  /** Names of hosts; all of the inventory (join: those not in the cluster yet) when absent. */
  readonly hosts?: readonly string[];
  readonly skip: readonly string[];
  readonly only: readonly string[];
  readonly ignorePreflight: readonly string[];
  readonly acceptNewHostKeys: boolean;
  readonly parallel?: number;
  /** The first host that fails stops all. */
  readonly strict: boolean;
  /** What to do when another kinit holds the cluster's lock. */
  readonly lock: LockWish;
  /** Version of kinit, as plans note it. */
  readonly version: string;
  /** apply: the plan that is carried out. */
  readonly reviewed?: ReviewedPlan;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly changes: number;
  readonly failedHosts: readonly string[];
  /** Of plan: what would be done. */
  readonly plan?: PlanContent;
}

/** Brings hosts to what the inventory says (init, join), or says what that would take (plan, check). */
export async function runCluster(options: RunOptions): Promise<RunResult> {
  const { inventory, command, emit, strict } = options;
  const started = performance.now();
  const phases = selectPhases(options);
  checkHostNames(options.hosts, inventory);
  emit({
    type: 'run-started',
    command,
    hosts: inventory.spec.hosts.map(({ name }) => name),
    phases: phases.map(({ id, title }) => ({ id, title })),
  });
  const changes = changesHosts(command);
  const lock = clusterLock(command, options);
  const { live, lost } = await openHosts(inventory.spec.hosts, {
    ...options,
    ...(changes ? { beforeChanges: lock.take } : {}),
  });
  try {
    for (const { spec, error } of lost) reportFailure(emit, spec.name, 'connect', error);
    const leader = requireLeader(live, lost);
    // A plan is carried out as a whole: not without one of its hosts.
    if ((strict || command === 'apply') && lost[0] !== undefined) throw lost[0].error;
    const selected = selectHosts(live, { hosts: options.hosts, fresh: command === 'join' });
    const unfit =
      command === 'check' || !options.skip.includes('preflight')
        ? await preflight({
            ...options,
            strict: strict || command === 'apply',
            live: live.filter(({ spec }) => selected.has(spec.name)),
            all: live,
          })
        : new Map<string, unknown>();
    const all = { options, started, live, lost, unfit, selected, leader };
    if (command === 'check') return finish(all, { timings: [], failures: new Map() });
    const fit = live.filter(({ spec }) => !unfit.has(spec.name));
    const signal = AbortSignal.any([options.signal, lock.lost]);
    const outcome = await runHosts({
      ...options,
      signal,
      asked: { skip: [...options.skip], only: [...options.only], ignorePreflight: [...options.ignorePreflight] },
      phases,
      live: fit,
      selected,
      dryRun: !changes,
    });
    if (changes) await explainFailures({ ...options, signal, live, lost, failures: outcome.failures });
    return finish(all, outcome, lock.lost.aborted ? lockLost() : undefined);
  } finally {
    await lock.release().catch(() => undefined);
    await closeHosts(live);
  }
}

function changesHosts(command: Command): boolean {
  return command !== 'plan' && command !== 'check';
}

interface Finished {
  readonly options: RunOptions;
  /** performance.now() */
  readonly started: number;
  readonly live: readonly LiveHost[];
  readonly lost: readonly LostHost[];
  /** Hosts that failed preflight; nothing was done on them. */
  readonly unfit: ReadonlyMap<string, unknown>;
  readonly selected: ReadonlySet<string>;
  readonly leader: LiveHost;
}

function finish(
  { options, started, live, lost, unfit, selected, leader }: Finished,
  { timings, failures, plan }: HostsOutcome,
  ended?: KinitError,
): RunResult {
  const results: HostResult[] = options.inventory.spec.hosts.flatMap(({ name }) => {
    const host = live.find(({ spec }) => spec.name === name);
    const error = lost.find(({ spec }) => spec.name === name)?.error ?? unfit.get(name) ?? failures.get(name);
    const mine = timings.filter((timing) => timing.host === name);
    const { execChannels = 0, roundTrips = 0 } = host?.connection.stats ?? {};
    return [{ host: name, ...(error === undefined ? {} : { error }), ...sum(mine), execChannels, roundTrips }];
  });
  reportOutcome(options.emit, results, (performance.now() - started) / 1000);
  const asked = results.filter((result) => selected.has(result.host) || isFailed(result));
  const error =
    ended ??
    runError(asked, {
      leader: leader.spec.name,
      retry: 'run the same command again: it goes on from here',
      changing: changesHosts(options.command),
    });
  if (error !== undefined) throw error;
  return {
    changes: totalChanges(results),
    failedHosts: results.filter(isFailed).map(({ host }) => host),
    ...(plan === undefined ? {} : { plan }),
  };
}

function sum(timings: readonly PhaseTiming[]): { readonly changes: number; readonly seconds: number } {
  return {
    changes: timings.reduce((total, { changes }) => total + changes, 0),
    seconds: timings.reduce((total, { seconds }) => total + seconds, 0),
  };
}
