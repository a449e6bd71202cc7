/** Who has finished which phase, so that a phase can wait for another one on every host. */
export interface Barriers {
  /** Says that this host is through with the phase: done, not concerned, or failed before it. */
  settle(phase: string, host: string, outcome: 'done' | 'failed'): void;
  /** Resolves when every host is through with the phase; gives the hosts that failed. */
  wait(phase: string): Promise<readonly string[]>;
  /** Hosts that are not through with the phase yet. */
  pending(phase: string): readonly string[];
}

/** @param phases ids of all phases of the run; @param hosts names of all hosts of the run */
export function barriers(phases: readonly string[], hosts: readonly string[]): Barriers {
  const open = new Map(phases.map((phase) => [phase, new Set(hosts)]));
  const failed = new Map(phases.map((phase) => [phase, [] as string[]]));
  const waiting = new Map(phases.map((phase) => [phase, [] as (() => void)[]]));
  return {
    settle(phase, host, outcome) {
      if (open.get(phase)?.delete(host) !== true) return;
      if (outcome === 'failed') failed.get(phase)?.push(host);
      if (open.get(phase)?.size === 0) for (const wake of waiting.get(phase) ?? []) wake();
    },
    async wait(phase) {
      if ((open.get(phase)?.size ?? 0) > 0) await new Promise<void>((resolve) => waiting.get(phase)?.push(resolve));
      return failed.get(phase) ?? [];
    },
    pending: (phase) => [...(open.get(phase) ?? [])],
  };
}
