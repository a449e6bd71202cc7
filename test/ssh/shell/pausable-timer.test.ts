import { expect, test, vi } from 'vitest';
import { startPausableTimer } from '../../../src/ssh/shell/pausable-timer.js';

test('it does not run while a person types', async () => {
  vi.useFakeTimers();
  try {
    const late = vi.fn();
    const clock = startPausableTimer(5000, late);
    vi.advanceTimersByTime(3000);
    let typed: () => void = () => undefined;
    const held = clock.hold(new Promise<void>((resolve) => (typed = resolve)));
    vi.advanceTimersByTime(60_000);
    expect(late).not.toHaveBeenCalled();
    typed();
    await held;
    vi.advanceTimersByTime(1999);
    expect(late).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(late).toHaveBeenCalledOnce();
    expect(clock.wasHeld()).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
