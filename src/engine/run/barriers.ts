/** Who has finished which phase, so that a phase can wait for another one on every host. */
export interface Barriers {
  /** Says that this host is through with the phase: done, not concerned, or failed before it. */
  settle(phase: string, host: string, outcome: 'done' | 'failed'): void;
  /** Says that this host has begun with the phase. */
  begin(phase: string, host: string): void;
  /** Resolves when these hosts (default: all) are through with the phase; gives those that failed. */
  wait(phase: string, hosts?: readonly string[]): Promise<readonly string[]>;
  /** Whether this host has begun with the phase, in this run. */
  hasBegun(phase: string, host: string): boolean;
  /** Hosts that are not through with the phase yet. */
  pending(phase: string): readonly string[];
  /** Whether another host than this one is not through with the phase yet. */
  isPendingOnOthers(phase: string, host: string): boolean;
  /** Whether one of these hosts is not through with the phase yet. */
  isWaitedFor(phase: string, hosts: readonly string[]): boolean;
}

/** @param phases ids of all phases of the run; @param hosts names of all hosts of the run */
export function barriers(phases: readonly string[], hosts: readonly string[]): Barriers {
  const sets = (all: readonly string[] = []): Map<string, Set<string>> =>
    new Map(phases.map((phase) => [phase, new Set(all)]));
  const open = sets(hosts);
  const begun = sets();
  const failed = sets();
  const waiting = new Map(phases.map((phase) => [phase, new Set<() => void>()]));
  return {
    begin: (phase, host) => begun.get(phase)?.add(host),
    hasBegun: (phase, host) => begun.get(phase)?.has(host) === true,
    settle(phase, host, outcome) {
      if (open.get(phase)?.delete(host) !== true) return;
      if (outcome === 'failed') failed.get(phase)?.add(host);
      for (const look of waiting.get(phase) ?? []) look();
    },
    async wait(phase, wanted = hosts) {
      const left = open.get(phase);
      const isOver = (): boolean =>
        left === undefined || left.size === 0 || (wanted !== hosts && !wanted.some((host) => left.has(host)));
      if (!isOver()) {
        await new Promise<void>((resolve) => {
          const look = (): void => {
            if (!isOver()) return;
            waiting.get(phase)?.delete(look);
            resolve();
          };
          waiting.get(phase)?.add(look);
        });
      }
      return wanted.filter((host) => failed.get(phase)?.has(host) === true);
    },
    pending: (phase) => [...(open.get(phase) ?? [])],
    isPendingOnOthers(phase, host) {
      const left = open.get(phase);
      return left !== undefined && left.size > (left.has(host) ? 1 : 0);
    },
    isWaitedFor: (phase, wanted) => wanted.some((host) => open.get(phase)?.has(host) === true),
  };
}
