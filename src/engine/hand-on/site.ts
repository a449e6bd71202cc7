/** So many hosts a host gives files to at once; each that has them gives them on in turn. */
const AT_ONCE = 3;

/** Who of the hosts of a site has which file, and who is being sent one. */
export interface Site {
  /** Of these files, those that nobody has and nobody is being sent: whoever asked is to be sent them, and says when it has them or will not. */
  readonly claim: (sums: readonly string[]) => ReadonlySet<string>;
  /** `host` has them now. */
  readonly has: (host: string, sums: readonly string[]) => void;
  /** Whoever was to be sent them has them by now, or failed. */
  readonly release: (sums: Iterable<string>) => void;
  /**
   * A host that has the most of these files, once none of them is on its way any more and one of those hosts is free. Undefined
   * where nobody has any. Whoever it is given to says when it has taken them.
   */
  readonly giver: (sums: readonly string[]) => Promise<Giver | undefined>;
  /** This one gives nothing any more: it could not be reached. */
  readonly forget: (host: string) => void;
}

export interface Giver {
  readonly host: string;
  /** Those it has. */
  readonly sums: ReadonlySet<string>;
  readonly taken: () => void;
}

export function createSite(): Site {
  const holders = new Map<string, Set<string>>();
  const coming = new Set<string>();
  const busy = new Map<string, number>();
  const mute = new Set<string>();
  const waiting: (() => void)[] = [];

  const changed = (): void => {
    for (const wake of waiting.splice(0)) wake();
  };
  const somethingChanges = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  const of = (host: string, sums: readonly string[]): ReadonlySet<string> =>
    new Set(sums.filter((sum) => holders.get(sum)?.has(host) === true));

  return {
    claim: (sums) => {
      const mine = sums.filter(
        (sum) => !coming.has(sum) && [...(holders.get(sum) ?? [])].every((each) => mute.has(each)),
      );
      for (const sum of mine) coming.add(sum);
      return new Set(mine);
    },
    has: (host, sums) => {
      for (const sum of sums) holders.set(sum, (holders.get(sum) ?? new Set()).add(host));
      changed();
    },
    release: (sums) => {
      for (const sum of sums) coming.delete(sum);
      changed();
    },
    forget: (host) => {
      mute.add(host);
      changed();
    },
    giver: async (sums) => {
      for (;;) {
        if (!sums.some((sum) => coming.has(sum))) {
          const hosts = [...new Set(sums.flatMap((sum) => [...(holders.get(sum) ?? [])]))].filter(
            (host) => !mute.has(host),
          );
          if (hosts.length === 0) return undefined;
          const free = hosts.filter((host) => (busy.get(host) ?? 0) < AT_ONCE);
          const [best] = free.sort(
            (a, b) => of(b, sums).size - of(a, sums).size || (busy.get(a) ?? 0) - (busy.get(b) ?? 0),
          );
          if (best !== undefined) {
            busy.set(best, (busy.get(best) ?? 0) + 1);
            const taken = (): void => {
              busy.set(best, (busy.get(best) ?? 1) - 1);
              changed();
            };
            return { host: best, sums: of(best, sums), taken };
          }
        }
        await somethingChanges();
      }
    },
  };
}
