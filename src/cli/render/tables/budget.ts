import type { KinitEvent } from '../../../model/event.js';
import { table } from './table.js';

/** What an upgrade may take on one host besides the drain of its node, in seconds. */
const BUDGET = { controlPlane: 90, worker: 45 };
/** The phase in which pods leave a node: how long that takes is up to them. */
const DRAIN = 'drain';

interface HostSeconds {
  readonly host: string;
  readonly seconds: number;
  readonly drainSeconds: number;
  readonly budgetSeconds: number;
}

export const BUDGET_TEXT = `Budget: ${String(BUDGET.controlPlane)} s a control plane, ${String(BUDGET.worker)} s a worker, besides the drains. Control planes one by one, then workers in waves.`;

/** What an upgrade took on each host, in the order in which they began. @param phases of the run, all that have ended */
export function hostSeconds(
  phases: readonly Pick<Extract<KinitEvent, { type: 'phase-finished' }>, 'host' | 'phase' | 'seconds'>[],
  controlPlanes: ReadonlySet<string>,
): HostSeconds[] {
  return [...new Set(phases.map(({ host }) => host))].map((host) => {
    const sum = (isDrain: boolean): number =>
      phases
        .filter((each) => each.host === host && (each.phase === DRAIN) === isDrain)
        .reduce((total, { seconds }) => total + seconds, 0);
    const budgetSeconds = controlPlanes.has(host) ? BUDGET.controlPlane : BUDGET.worker;
    return { host, seconds: sum(false), drainSeconds: sum(true), budgetSeconds };
  });
}

export function renderSeconds(hosts: readonly HostSeconds[]): string {
  return table(
    ['HOST', 'SECONDS', 'BUDGET', 'DRAIN', ''],
    hosts.map(({ host, seconds, drainSeconds, budgetSeconds }) => [
      host,
      Math.round(seconds),
      budgetSeconds,
      Math.round(drainSeconds),
      seconds > budgetSeconds ? 'over its budget' : '',
    ]),
  );
}
