/**
 * A figure with what was measured of it. `goal` is the most it may be, or with `atLeast` the least; it is never asserted, only told:
 * what a machine takes depends on what else it does.
 */
export function figureOf(figure, runs) {
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const median = sorted.length % 2 === 1 ? middle : (middle + sorted[sorted.length / 2 - 1]) / 2;
  const met =
    figure.goal === undefined ? {} : { met: figure.atLeast === true ? median >= figure.goal : median <= figure.goal };
  return {
    ...figure,
    runs: runs.map(rounded),
    min: rounded(sorted[0]),
    median: rounded(median),
    max: rounded(sorted.at(-1)),
    ...met,
  };
}

/** Three digits that mean something. */
export function rounded(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
