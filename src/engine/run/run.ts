import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { Phase } from '../../model/phase.js';
import { soakOf, soakText } from '../../model/soak.js';
import type { PlanContent } from '../../model/plan.js';
import type { LoadedInventory } from '../../model/spec.js';
import { signalOfMany } from '../../model/signal.js';
import { checkIgnored } from '../../preflight/ignored.js';
import { foreseeReboots } from '../kernel/foresee.js';
import { KERNEL_STEP, hostsToMove, moveKernels, type Moved } from '../kernel/move.js';
import { changesHosts, changesRuntime, upgrades } from '../command.js';
import { explainFailedRun } from '../explain/failed-run.js';
import { changeRuntimes } from '../runtime-change/index.js';
import { upgradeCluster } from '../upgrade/index.js';
import { clusterLock, lockLost, whileHeld, type ClusterLock } from '../session/lock.js';
import { checkHostNames } from '../../inventory/index.js';
import { withClocksSet } from '../session/clocks.js';
import { checkJoining, selectPhases } from '../session/select.js';
import { beforeReboots } from '../signatures/waiting.js';
import { closeHosts, openHosts, type OpenedHosts } from '../session/session.js';
import { askingAhead } from './artifact-sets.js';
import { asKnown, asksFor, chooseHosts, type Chosen } from './choose.js';
import { runHosts } from './hosts.js';
import { renewing } from './renewal.js';
import { assertPasswordsThere } from './passwords.js';
import {
  hostResults,
  isFailed,
  reportNothingDone,
  reportOutcome,
  runError,
  totalChanges,
  type HostResult,
  NOTHING_DONE,
  type HostsOutcome,
} from './outcome.js';
import type { RunOptions, RunResult } from './options.js';
import type { HostsRun } from './pass.js';

/** Brings hosts to what the inventory says (init, join, apply), or says what that would take (plan, check). */
export async function runCluster(options: RunOptions): Promise<RunResult> {
  const { inventory, command, emit } = options;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const phases = selectPhases(options);
  checkIgnored(options.ignorePreflight);
  checkHostNames(options.hosts, inventory);
  if (command === 'join') checkJoining(options.hosts, inventory);
  if (command !== 'check') await assertPasswordsThere(inventory.spec);
  const hosts = inventory.spec.hosts.map(({ name }) => name);
  emit({ type: 'run-started', command, hosts, phases: phases.map(({ id, title }) => ({ id, title })) });
  let done: Done;
  try {
    done = await askingAhead(options, () => workOnHosts(phases, options));
  } catch (thrown) {
    // Checks that failed are what `check` was asked for, and are told by themselves.
    if (command !== 'check') reportNothingDone(emit, hosts, seconds());
    throw thrown;
  }
  return conclude(done, options, seconds());
}

/** What a run came to, before it is told. */
interface Done {
  readonly results: readonly HostResult[];
  readonly selected: ReadonlySet<string>;
  readonly leader: string;
  readonly plan?: PlanContent;
  readonly goesOnWith?: string;
  /** What ended all of it, besides what hosts failed with. */
  readonly ended?: KinitError;
}

/** Where hosts get other kernels, all is looked at again after that: what is known of a host is of the kernel it had. */
async function workOnHosts(phases: readonly Phase[], options: RunOptions): Promise<Done> {
  const done = await attempt(phases, options);
  if (!('moved' in done)) return done;
  const again = await attempt(phases, options, done.moved);
  if ('moved' in again) throw new KinitError('hosts were to be moved twice', { class: 'internal' });
  return again;
}

/** Connects, looks, works, and lets go of everything. Throws where the run ends before any host is worked on. */
async function attempt(
  phases: readonly Phase[],
  options: RunOptions,
  before?: Moved,
): Promise<Done | { readonly moved: Moved }> {
  const { inventory, command } = options;
  const lock = clusterLock(command, options);
  const opened = await openHosts(
    hostsOf(options).filter(({ name }) => before?.failures.has(name) !== true),
    { ...options, lock: changesHosts(command) ? lock : undefined },
  );
  const open: (() => unknown)[] = [];
  try {
    const inTime = options.setClocks === true ? await withClocksSet(opened, options) : opened;
    const chosen = await chooseHosts(
      withFailures(inTime, before, options),
      options,
      lock,
      (end) => void open.push(end),
    );
    if (before === undefined) {
      const moved = await kernels(chosen, lock, options);
      if (moved !== undefined) return { moved };
    }
    const {
      timings: passed,
      failures,
      plan,
      goesOnWith,
    } = command === 'check' ? NOTHING_DONE : await goThroughPhases(phases, chosen, lock, options);
    const timings = [...(before?.timings ?? []), ...passed];
    const { live, lost, unfit, selected, leader } = chosen;
    // Who does not answer and was not asked for is no part of how it went.
    const names = inventory.spec.hosts
      .map(({ name }) => name)
      .filter((name) => asksFor(name, options) || live.some(({ spec }) => spec.name === name));
    const lostError = (name: string): unknown => lost.find(({ spec }) => spec.name === name)?.error;
    return {
      results: hostResults(names, live, timings, (name) => lostError(name) ?? unfit.get(name) ?? failures.get(name)),
      selected,
      leader: leader.spec.name,
      ...defined({ plan, goesOnWith }),
      ...(lock.lost.aborted ? { ended: lockLost(lock) } : {}),
    };
  } finally {
    for (const end of open) await end();
    await lock.release().catch(() => undefined);
    await closeHosts(opened.live);
  }
}

/** With the hosts that failed to get their kernel: as lost as those that do not answer. */
function withFailures(opened: OpenedHosts, before: Moved | undefined, { inventory }: RunOptions): OpenedHosts {
  if (before === undefined) return opened;
  const failed = inventory.spec.hosts.flatMap((spec) => {
    const error = before.failures.get(spec.name);
    return error === undefined ? [] : [{ spec, error, told: true as const }];
  });
  return { live: opened.live, lost: [...opened.lost, ...failed] };
}

/** Other kernels for the hosts that are fit, where the inventory wants them; undefined where there is nothing to do. */
async function kernels(chosen: Chosen, lock: ClusterLock, options: RunOptions): Promise<Moved | undefined> {
  const { live, selected, unfit } = chosen;
  const { command, skip, only, mayReboot } = options;
  if (skip.includes(KERNEL_STEP) || (only.length > 0 && !only.includes(KERNEL_STEP))) return undefined;
  const mine = live.filter(({ spec }) => selected.has(spec.name) && !unfit.has(spec.name));
  const todo = hostsToMove(mine, options.inventory);
  if (todo.length === 0 || changesRuntime(command) || upgrades(command)) return undefined;
  if (command === 'plan') await foreseeReboots(todo, live, { ...options, mayReadKeys: false });
  if (!changesHosts(command)) return undefined;
  if (mayReboot === undefined)
    throw new KinitError(
      `${todo.map(({ spec }) => spec.name).join(', ')}: the inventory wants another kernel, and kinit ${command} reboots no host`,
      {
        class: 'refused',
        hint: `First: kinit init --only ${KERNEL_STEP}. Then make the plan anew.`,
      },
    );
  await foreseeReboots(todo, live, { ...options, mayReadKeys: true });
  await beforeReboots({ ...chosen, inventory: asKnown(chosen.known, options), kinit: options.version });
  return whileHeld(lock, options.signal, (signal) =>
    moveKernels(todo, live, lock.release, { ...options, mayReboot, signal }),
  );
}

async function goThroughPhases(
  phases: readonly Phase[],
  { live, lost, unfit, selected, known, leader, access }: Chosen,
  lock: ClusterLock,
  options: RunOptions,
): Promise<HostsOutcome> {
  const { skip, only, ignorePreflight } = options;
  const changes = changesHosts(options.command);
  const signal = signalOfMany(options.signal, lock.lost);
  const run: HostsRun = {
    ...{ ...options, inventory: asKnown(known, options) },
    renewalOf: () => 'due',
    signal,
    opened: lock.opened,
    begun: new Date(),
    asked: { skip: [...skip], only: [...only], ignorePreflight: [...ignorePreflight] },
    phases,
    live: live.filter(({ spec }) => !unfit.has(spec.name)),
    selected,
    known,
    dryRun: !changes,
  };
  const missing = unfit.size > 0 || lost.some(({ spec }) => asksFor(spec.name, options));
  const soak = soakOf(known.moves);
  if (soak !== undefined && !upgrades(options.command))
    run.emit({
      type: 'warning',
      text: `the cluster soaks, and is kept so: ${soakText(soak)}. kinit upgrade --finish or --back ends it`,
    });
  const outcome = await (changesRuntime(options.command)
    ? changeRuntimes(run, options)
    : upgrades(options.command)
      ? upgradeCluster(run, { ...options, lost, unfit })
      : renewing(run, { renewal: options.renewal, missing }, (made) =>
          runHosts({
            ...made,
            ...(access === undefined ? {} : { access: { host: leader.spec.name, cluster: access } }),
          }),
        ));
  const reached = new Set(outcome.timings.map(({ phase }) => phase));
  const notReached = phases.map(({ id }) => id).filter((id) => !reached.has(id));
  if (changes) await explainFailedRun({ ...options, signal, live, lost, failures: outcome.failures, notReached });
  return outcome;
}

/** Tells how it went. Throws where it did not go well. */
function conclude(
  { results, selected, leader, plan, goesOnWith, ended }: Done,
  options: RunOptions,
  seconds: number,
): RunResult {
  reportOutcome(options.emit, results, seconds);
  const concerned = results.filter((result) => selected.has(result.host) || isFailed(result));
  const retry = 'run the same command again: it goes on from here';
  const error = ended ?? runError(concerned, { leader, retry, changing: changesHosts(options.command) });
  if (error !== undefined) throw error;
  return {
    changes: totalChanges(results),
    failedHosts: results.filter(isFailed).map(({ host }) => host),
    ...defined({ plan, goesOnWith }),
  };
}

/** The hosts that are looked at: all, for what one needs follows from the others. A plan is carried out on those it was made for. */
function hostsOf({ inventory, reviewed }: RunOptions): LoadedInventory['spec']['hosts'] {
  const { hosts } = inventory.spec;
  return reviewed === undefined
    ? hosts
    : hosts.filter(({ name }) => reviewed.content.hosts.some(({ host }) => host === name));
}
