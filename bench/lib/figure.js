/** How much worse than its baseline a figure may get. */
const WORSE = 1.2;

/**
 * A figure with what was measured of it. `goal` is the most it may be, or with `atLeast` the least; it is never asserted, only told:
 * what a machine takes depends on what else it does. A `baseline` is of a ratio, on which the machine has little say: the most it may be follows
 * from it, and is asserted (`kept`).
 */
export function figureOf({ baseline, ...wanted }, runs) {
  const figure = baseline === undefined ? wanted : { ...wanted, baseline, goal: rounded(baseline * WORSE) };
  const median = medianOf(runs);
  const met =
    figure.goal === undefined ? {} : { met: figure.atLeast === true ? median >= figure.goal : median <= figure.goal };
  return {
    ...figure,
    runs: runs.map(rounded),
    min: rounded(Math.min(...runs)),
    median: rounded(median),
    max: rounded(Math.max(...runs)),
    ...met,
    ...(baseline === undefined ? {} : { kept: met.met }),
  };
}

/** The middle one, or between the two in the middle. */
export function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return sorted.length % 2 === 1 ? middle : (middle + sorted[sorted.length / 2 - 1]) / 2;
}

/** Three digits that mean something. */
export function rounded(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
