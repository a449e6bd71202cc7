/**
 * What a run is for. The last four: running nodes are changed one after another, to another runtime or a later version of
 * Kubernetes, and what that would take.
 */
export type Command =
  | 'init'
  | 'join'
  | 'plan'
  | 'apply'
  | 'check'
  | 'runtime-change'
  | 'runtime-plan'
  | 'upgrade'
  | 'upgrade-plan';

/** Whether it changes hosts; the others only look. */
export function changesHosts(command: Command): boolean {
  return !['plan', 'check', 'runtime-plan', 'upgrade-plan'].includes(command);
}

/** Whether another runtime in the inventory is what it is for. */
export function changesRuntime(command: Command): boolean {
  return command === 'runtime-change' || command === 'runtime-plan';
}

/** Whether a later version in the inventory is what it is for. */
export function upgrades(command: Command): boolean {
  return command === 'upgrade' || command === 'upgrade-plan';
}

/**
 * What an upgrade shall do with a cluster that soaks (model/soak.ts), or shall: bring it there, end it with the later version, end it with
 * the earlier one.
 */
export type UpgradeStage = 'soak' | 'finish' | 'back';
