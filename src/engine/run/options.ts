import type { HostsRun } from './pass.js';
import type { Emit } from '../../model/event.js';
import type { PlanContent } from '../../model/plan.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { Renewal } from '../../pki/index.js';
import type { Command } from '../command.js';
import type { ReviewedPlan } from '../plan/reviewed.js';
import type { LockWish } from '../session/lock.js';
import type { UpgradeWishes } from '../upgrade/index.js';

export interface RunOptions extends Pick<HostsRun, 'rotation'> {
  readonly inventory: LoadedInventory;
  readonly command: Command;
  /** Names of hosts; all of the inventory (join: those not in the cluster yet) when absent. */
  readonly hosts?: readonly string[];
  readonly skip: readonly string[];
  readonly only: readonly string[];
  readonly ignorePreflight: readonly string[];
  readonly acceptNewHostKeys: boolean;
  /** Clocks of hosts that are off are set by this machine's. */
  readonly setClocks?: boolean;
  /** The first host that fails stops all. */
  readonly strict: boolean;
  /** What to do when another kinit holds the cluster's lock. */
  readonly lock: LockWish;
  /** Version of kinit, as plans note it. */
  readonly version: string;
  /** Which certificates of the hosts asked for are renewed; default: those that are due. */
  readonly renewal?: Renewal;
  /** runtime-change, upgrade: seconds that the pods of a node get to leave it. */
  readonly drainSeconds?: number;
  /** upgrade. */
  readonly upgrade?: UpgradeWishes;
  /** apply: the plan that is carried out. */
  readonly reviewed?: ReviewedPlan;
  /** Asks before hosts are rebooted; throws where they may not be. Absent: for commands that reboot none. */
  readonly mayReboot?: (question: string) => Promise<void>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly changes: number;
  readonly failedHosts: readonly string[];
  /** Of plan: what would be done. */
  readonly plan?: PlanContent;
  /** Kubernetes version that the cluster goes on with, where it need not be the inventory's. */
  readonly goesOnWith?: string;
}
