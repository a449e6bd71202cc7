import { expect, test } from 'vitest';
import { startField } from '../../../src/artifacts/store/process-start.js';

test('the start time is field 22, also after a process name with blanks and brackets', () => {
  const stat = `77 (a ) b (c) ${['S', ...Array.from({ length: 18 }, (_, k) => k), 4711, 9].join(' ')}`;
  expect(startField(stat)).toBe('4711');
  expect(startField(stat.replace('c) S', 'c) Z'))).toBeUndefined();
});
