import { expect, test } from 'vitest';
import { clean, safeJson, oneLine } from '../../../src/cli/terminal/clean.js';

test('escape sequences and control characters of a host do not reach the terminal', () => {
  expect(clean('a\u001b[2Jb\u001b[31mred\u001b[0m\u0007\u0008\u009bc')).not.toMatch(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/,
  );
  expect(clean('\u001b]0;new title\u0007text')).toBe('text');
  expect(clean('\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
});

test('a lone carriage return cannot overwrite a line', () => {
  expect(clean('FAILED\rok')).toBe('FAILEDok');
  expect(clean('one\r\ntwo')).toBe('one\ntwo');
});

test('marks that turn the reading direction are taken out', () => {
  expect(clean('user\u202etxt.exe\u2066')).toBe('usertxt.exe');
});

test('letters of all scripts, tabs and line ends stay', () => {
  expect(clean('grüße\t世界\n🙂')).toBe('grüße\t世界\n🙂');
});

test('one line is one line', () => {
  expect(oneLine('  first\n   second\tthird\n')).toBe('first second third');
});

test('JSON for a machine may pass over a terminal: the value is whole, and nothing in it is obeyed', () => {
  const value = { found: 'a\u001b[2J\u009b31m\u202e\u007fz' };
  const line = safeJson(value);
  expect(JSON.parse(line)).toEqual(value);
  expect(line).toMatch(/^[\u0020-\u007e]*$/);
});
