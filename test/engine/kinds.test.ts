import { expect, test } from 'vitest';
import { kindNamed, kindOf } from '../../src/engine/kinds.js';
import { KinitError } from '../../src/model/error.js';

test('an unknown kind is an internal error that names it', () => {
  expect(() => kindOf({ kind: 'nope', id: 'nope:1' })).toThrow(KinitError);
  expect(() => kindNamed('teapot')).toThrow("there is no resource kind 'teapot'");
});

test('a kind describes itself, for docs/host-changes.md', () => {
  expect(kindNamed('swap').describe?.change).toContain('swap');
});
