import type { KinitError } from '../../model/error.js';
import { asKinitError, unreachable } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { ChangeSummary } from '../../model/change.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { kernelWay } from '../../os/index.js';
import { STEPS_BEFORE } from '../../phases/before.js';
import type { LockWish } from '../session/lock.js';
import type { PhaseTiming } from '../run/outcome.js';
import { isInterrupted, stoppedOnRequest } from '../run/stopped.js';
import { toldStep } from '../run/told-step.js';
import { leaderOf, requireOtherControlPlanes } from '../session/leader.js';
import type { LiveHost } from '../session/session.js';
import { moveHost } from './host.js';

const [, STEP] = STEPS_BEFORE;
/** As `--skip` and `--only` call it. */
export const KERNEL_STEP = STEP.id;

export interface MoveOptions {
  readonly inventory: LoadedInventory;
  readonly acceptNewHostKeys: boolean;
  readonly strict: boolean;
  readonly lock: LockWish;
  /** Asks whether hosts may be rebooted; throws where they may not. */
  readonly mayReboot: (question: string) => Promise<void>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What became of hosts that were worked on. Their connections are closed, and the run begins anew without the failed ones. */
export interface Moved {
  readonly failures: ReadonlyMap<string, KinitError>;
  readonly timings: readonly PhaseTiming[];
}

/** Hosts that have another kernel than the inventory wants, or whose way to one was cut off. */
export function hostsToMove(hosts: readonly LiveHost[], { spec }: LoadedInventory): readonly LiveHost[] {
  return hosts.filter(({ facts }) => facts.kernelMove !== undefined || kernelWay(spec, facts) !== undefined);
}

/**
 * Brings hosts their kernels, one host at a time: workers first, the one with the lock last. One that fails is named, and the
 * others go on.
 * @param todo those of hostsToMove; @param all every host that answers: the API is reached through them
 * @param beforeLeader called before the host that has the lock is rebooted: its lock goes with its boot
 */
export async function moveKernels(
  todo: readonly LiveHost[],
  all: readonly LiveHost[],
  beforeLeader: () => Promise<void>,
  options: MoveOptions,
): Promise<Moved> {
  const leader = leaderOf(all)?.spec.name;
  const queue = inOrder(todo, leader);
  await askFor(queue, options);
  const failures = new Map<string, KinitError>();
  const timings: PhaseTiming[] = [];
  // A host that has been worked on has a connection of before its reboot here.
  let reachable = all;
  for (const host of queue) {
    const { name } = host.spec;
    if (options.signal.aborted) throw stoppedOnRequest();
    if (name === leader) await beforeLeader();
    try {
      await toldStep(STEP, host, { ...options, onTiming: (timing) => timings.push(timing) }, async (tools) => {
        if (isToReboot(host)) requireOtherControlPlanes(name, options.inventory.spec, answering(all, failures));
        const changed = (change: ChangeSummary): void => {
          tools.made();
          options.emit({ type: 'change-applied', host: name, phase: KERNEL_STEP, change });
        };
        const warn = (text: string): void => options.emit({ type: 'warning', host: name, text });
        await moveHost(host, reachable, { ...options, progress: tools.progress, warn, changed });
      });
    } catch (thrown) {
      const error = asKinitError(thrown);
      if (isInterrupted(error)) throw error;
      failures.set(name, error);
    } finally {
      reachable = reachable.filter(({ spec }) => spec.name !== name);
    }
    if (options.strict && failures.size > 0) break;
  }
  return { failures, timings };
}

/** Workers, then control planes, the leader last: the API is reached through it. */
function inOrder(hosts: readonly LiveHost[], leader: string | undefined): readonly LiveHost[] {
  const workers = hosts.filter(({ spec }) => !isControlPlane(spec));
  const controlPlanes = hosts.filter(({ spec }) => isControlPlane(spec)).reverse();
  const leads = ({ spec }: LiveHost): boolean => spec.name === leader;
  return [...workers, ...controlPlanes.filter((host) => !leads(host)), ...controlPlanes.filter(leads)];
}

/** Those whose failure does not say that they are down. */
function answering(all: readonly LiveHost[], failures: Moved['failures']): readonly LiveHost[] {
  return all.filter(({ spec: { name } }) => {
    const error = failures.get(name);
    return error?.context.class !== 'timeout' && unreachable(error) !== 'host';
  });
}

/** Its reboot has not been yet. */
export function isToReboot({ facts: { kernelMove, bootId } }: LiveHost): boolean {
  return kernelMove === undefined || kernelMove.bootId === bootId;
}

/** Nobody is asked where nothing is left to be done but what follows a reboot that has been. */
async function askFor(hosts: readonly LiveHost[], { inventory, mayReboot }: MoveOptions): Promise<void> {
  const lines = hosts.filter(isToReboot).flatMap(({ spec, facts }) => {
    const way = kernelWay(inventory.spec, facts);
    return way === undefined ? [] : [`${spec.name} (${facts.kernel}, to get ${way.upgrade.brings(way.options)})`];
  });
  if (lines.length === 0) return;
  await mayReboot(`Install another kernel and reboot, one host at a time: ${lines.join(', ')}?`);
}
