import { expect, test } from 'vitest';
import type { KinitError } from '../../../src/model/error.js';
import { parseDuration, parseMemory } from '../../../src/cli/terminal/size.js';

test.each([
  ['2G', 2048],
  ['2Gi', 2048],
  ['1.5g', 1536],
  ['2048M', 2048],
  ['1700', 1700],
  ['1T', 1048576],
])('%s of memory are %i MiB', (text, expected) => {
  expect(parseMemory('memory', text)).toBe(expected);
});

test.each(['', 'G', '2K', '-1G', '2G 3'])('"%s" is no size', (text) => {
  expect(() => parseMemory('memory', text)).toThrow('--memory needs a size');
});

test.each([
  ['0', 0],
  ['90s', 90],
  ['30m', 1800],
  ['24h0m0s', 86_400],
  ['7d', 604_800],
])('%s are %i seconds', (text, expected) => {
  expect(parseDuration('ttl', text)).toBe(expected);
});

test.each(['', '5', '1y', '-1h', '1h x'])('"%s" is no duration', (text) => {
  expect(() => parseDuration('ttl', text)).toThrow('--ttl needs a duration');
});

test('a duration beyond what dates can say is refused', () => {
  expect(parseDuration('ttl', '36500d')).toBe(36_500 * 86_400);
  expect(() => parseDuration('ttl', '999999999d')).toThrow('--ttl is too long');
});

test('what 0 is, each option says itself', () => {
  const hint = (zero?: string): unknown => {
    try {
      return parseDuration('lock-wait', 'xx', zero);
    } catch (thrown) {
      return (thrown as KinitError).context.hint;
    }
  };
  expect([hint(), hint('stop at once')]).toEqual([
    'For example 30s, 10m, 24h.',
    'For example 30s, 10m, 24h; 0: stop at once.',
  ]);
});
