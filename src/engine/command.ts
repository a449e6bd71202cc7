/** What a run is for. The last two: the runtime of running nodes is changed, and what that would take. */
export type Command = 'init' | 'join' | 'plan' | 'apply' | 'check' | 'runtime-change' | 'runtime-plan';

/** Whether it changes hosts; the others only look. */
export function changesHosts(command: Command): boolean {
  return command !== 'plan' && command !== 'check' && command !== 'runtime-plan';
}

/** Whether another runtime in the inventory is what it is for. */
export function changesRuntime(command: Command): boolean {
  return command === 'runtime-change' || command === 'runtime-plan';
}
