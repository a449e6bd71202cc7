import { expect, test } from 'vitest';
import type { RecordedMove } from '../../src/model/record.js';
import { soakMoveOf, soakOf, soakText } from '../../src/model/soak.js';

const move = (step?: string): RecordedMove[] => [
  { what: 'runtime', node: 'node2', from: 'a', to: 'b', step: 'soak' },
  { what: 'upgrade', from: '1.35.4', to: '1.36.3', ...(step === undefined ? {} : { step, since: '2026-11-28' }) },
];

test('the control plane is ahead while it comes to soak and soaks, and not on its way back', () => {
  expect(soakOf(move('to-soak'))).toMatchObject({ from: '1.35.4', to: '1.36.3' });
  expect(soakOf(move('soak'))).toMatchObject({ step: 'soak' });
  expect(soakOf(move('from-soak'))).toBeUndefined();
  expect(soakMoveOf(move('from-soak'))).toMatchObject({ step: 'from-soak' });
});

test('an upgrade that goes up for good, and the move of a node, are no soak', () => {
  expect(soakMoveOf(move())).toBeUndefined();
  expect(soakMoveOf([])).toBeUndefined();
});

test('it is told with the time since when', () => {
  const soak = soakOf(move('soak'));
  if (soak === undefined) throw new Error('no soak');
  expect(soakText(soak)).toBe('Kubernetes 1.36.3 behaves as 1.35 since 2026-11-28');
});
