import { expect, test } from 'vitest';
import { gapClock } from '../../../src/engine/failover/gap.js';

/** The longest gap of a clock that ticks at these times, and is asked at the last. In milliseconds. */
function longest(...times: readonly number[]): number {
  let at = 0;
  const clock = gapClock(() => at);
  for (const [index, time] of times.entries()) {
    at = time;
    if (index < times.length - 1) clock.tick();
  }
  return clock.longest();
}

test('the longest time between two answers, to a tenth of a second', () => {
  expect(longest(0, 100, 1360, 1400, 1450)).toBe(1.3);
});

test('what is still without an answer at the end counts; before the first answer nothing does', () => {
  expect(longest(0, 100, 4100)).toBe(4);
  expect(longest(9000)).toBe(0);
});
