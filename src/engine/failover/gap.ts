/** Measures the longest time between two answers. */
export interface GapClock {
  /** An answer came. */
  readonly tick: () => void;
  /** Seconds, to a tenth. What is still open at the end counts too, once there was an answer. */
  readonly longest: () => number;
}

/** @param now in milliseconds */
export function gapClock(now: () => number = () => performance.now()): GapClock {
  let last: number | undefined;
  let longest = 0;
  const until = (at: number): void => {
    if (last !== undefined) longest = Math.max(longest, at - last);
  };
  return {
    tick: () => {
      const at = now();
      until(at);
      last = at;
    },
    longest: () => {
      until(now());
      return Math.round(longest / 100) / 10;
    },
  };
}
