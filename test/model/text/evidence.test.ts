import { expect, test } from 'vitest';
import { cutMiddle, fewLines, readable } from '../../../src/model/text/evidence.js';

test.each([
  [
    'a struct behind its type',
    'Server rejected event event="&Event{ObjectMeta:{node1.18  default    0 0001-01-01 00:00:00 +0000 UTC <nil> <nil> map[] map[]},Reason:Started}"',
    'Server rejected event event="&Event{...}"',
  ],
  [
    'a slice of structs, cut off before its end',
    'bad pod: []v1.Container{v1.Container{Name:"a", Image:"b", Command:[]string{"x", "y"}, Args:',
    'bad pod: []v1.Container{...}',
  ],
  [
    'a map',
    `unexpected map[string]interface {}: map[${'a:b '.repeat(20)}c:d] here`,
    'unexpected map[string]interface {}: map[...] here',
  ],
  ['a format that failed', 'cannot parse %!v(PANIC=String method: nil pointer) as %!s(<nil>)', 'cannot parse  as '],
  [
    'JSON of a log, words in braces, short structures',
    'see {"level":"fatal"} and {this} and Point{X:1}',
    'see {"level":"fatal"} and {this} and Point{X:1}',
  ],
])('Go: %s', (_what, line, expected) => {
  expect(readable(line)).toBe(expected);
});

test('a long line keeps its beginning and its end', () => {
  const line = `failed to read: ${'x'.repeat(4_000)}: permission denied`;
  const cut = cutMiddle(line);
  expect(cut).toHaveLength(200);
  expect(cut).toMatch(/^failed to read: x+ \[\.\.\.\] x+: permission denied$/);
  expect(cutMiddle('short')).toBe('short');
});

test('many lines keep the first ones and the last', () => {
  const lines = Array.from({ length: 20 }, (_, index) => String(index));
  expect(fewLines(lines, 5)).toEqual(['0', '1', '2', '[... 16 more lines ...]', '19']);
  expect(fewLines(lines.slice(0, 5), 5)).toHaveLength(5);
});
