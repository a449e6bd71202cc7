/** A bound on waiting that does not run while a person types a password. */
export interface PausableTimer {
  readonly hold: <T>(work: Promise<T>) => Promise<T>;
  readonly stop: () => void;
  /** Whether it was ever held. */
  readonly wasHeld: () => boolean;
}

export function startPausableTimer(milliseconds: number, onExpire: () => void): PausableTimer {
  let left = milliseconds;
  let since = Date.now();
  let holds = 0;
  let held = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined = setTimeout(onExpire, left);
  return {
    hold: async (work) => {
      if (holds === 0) {
        clearTimeout(timer);
        left -= Date.now() - since;
      }
      holds += 1;
      held = true;
      try {
        return await work;
      } finally {
        holds -= 1;
        if (holds === 0 && !stopped) {
          since = Date.now();
          timer = setTimeout(onExpire, Math.max(1000, left));
        }
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      timer = undefined;
    },
    wasHeld: () => held,
  };
}
