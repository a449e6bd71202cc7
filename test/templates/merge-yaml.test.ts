import { expect, test } from 'vitest';
import { mergeYaml } from '../../src/templates/merge-yaml.js';

test('null takes a key away, keys come out in order', () => {
  expect(mergeYaml('b: 1\na: 2\n', { b: null, c: { d: [1] } })).toBe('a: 2\nc:\n  d:\n  - 1\n');
});
