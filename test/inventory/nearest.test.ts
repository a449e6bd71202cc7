import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/inventory/nearest.js';

test.each([
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['adress', 'address', 1],
  ['nmae', 'name', 1],
  ['kitten', 'sitting', 3],
])('%s to %s: %i edits', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits);
});

test.each([
  ['podCidr', ['podCIDR', 'port'], 'podCIDR'],
  ['pod-cidr', ['podCIDR'], 'podCIDR'],
  ['rols', ['roles', 'name'], 'roles'],
  ['zzz', ['abc', 'name'], undefined],
  ['x', ['name'], undefined],
])('%s among %j: %s', (word, candidates, meant) => {
  expect(nearest(word, candidates)).toBe(meant);
});
