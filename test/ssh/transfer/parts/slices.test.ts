import { expect, test } from 'vitest';
import { slicesToSend, SLICE_MIB } from '../../../../src/ssh/transfer/parts/slices.js';

const SLICE = SLICE_MIB * 1024 * 1024;
const a = { localFile: '/a', size: 2 * SLICE + 1, sha256: 'a'.repeat(64), at: '/bin/.a', path: '/bin/a' };
const b = { localFile: '/b', size: SLICE, sha256: 'b'.repeat(64), at: '/bin/.b', path: '/bin/b' };

const numbers = (said: string): readonly string[] =>
  slicesToSend([a, b], said).map(({ part, number }) => `${part.localFile} ${String(number)}`);

test('all of a file that is new, its last slice shorter', () => {
  expect(numbers('')).toEqual(['/a 0', '/a 1', '/a 2', '/b 0']);
  expect(slicesToSend([a], '').map(({ offset, length, slices }) => [offset, length, slices])).toEqual([
    [0, SLICE, 3],
    [SLICE, SLICE, 3],
    [2 * SLICE, 1, 3],
  ]);
});

test('what has landed is left out, and a file that is whole', () => {
  expect(numbers(`${a.sha256} 0 2\n${b.sha256} whole\n`)).toEqual(['/a 1']);
});

test('one that has landed and was not checked gets its first slice again', () => {
  expect(numbers(`${a.sha256} 0 2 1\n${b.sha256}\n`)).toEqual(['/a 0', '/b 0']);
});
