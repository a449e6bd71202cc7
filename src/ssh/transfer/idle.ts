import os from 'node:os';

/** Begins to look at this machine's processors: the function that is returned gives what share of their time they have done nothing since. */
export function idleSince(): () => number {
  const before = processors();
  return () => {
    const now = processors();
    const all = now.all - before.all;
    // They are counted by hundredths of a second.
    return all === 0 ? 1 : (now.idle - before.idle) / all;
  };
}

function processors(): { readonly idle: number; readonly all: number } {
  const times = os.cpus().map((each) => each.times);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((each) => Object.values(each))) };
}
