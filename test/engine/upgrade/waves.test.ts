import { expect, test } from 'vitest';
import { wavesOf } from '../../../src/engine/upgrade/waves.js';

const waves = (controlPlanes: number, workers: number): number[] => {
  const names = [
    ...Array.from({ length: controlPlanes }, (_, i) => `cp${String(i)}`),
    ...Array.from({ length: workers }, (_, i) => `w${String(i)}`),
  ];
  const found = wavesOf(names, (name) => name.startsWith('cp'));
  expect(found.flat()).toEqual(names);
  return found.map((wave) => wave.length);
};

test('control planes go one by one, then workers: one first, more later, never more than a third of them', () => {
  expect(waves(3, 1)).toEqual([1, 1, 1, 1]);
  expect(waves(1, 5)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(waves(1, 9)).toEqual([1, 1, 3, 3, 2]);
  expect(waves(3, 40)).toEqual([1, 1, 1, 1, 4, 10, 10, 10, 5]);
  expect(waves(0, 0)).toEqual([]);
});
