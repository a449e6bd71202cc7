import { expect, test } from 'vitest';
import { unifiedDiff } from '../../src/model/diff.js';

const numbered = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');

test('equal texts give nothing', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n', 'x')).toBe('');
});

test('one changed line stands in three lines of context with its line numbers', () => {
  const before = numbered(20);
  expect(unifiedDiff(before, before.replace('line 10\n', 'line ten\n'), '/etc/x')).toBe(
    '--- /etc/x\n+++ /etc/x\n@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+line ten\n line 11\n line 12\n line 13\n',
  );
});

test('changes far apart are two hunks, near ones are one', () => {
  const before = numbered(40);
  const far = unifiedDiff(before, before.replace('line 5\n', '').replace('line 30\n', ''), 'x');
  expect(far.match(/^@@.*$/gm)).toEqual(['@@ -2,7 +2,6 @@', '@@ -27,7 +26,6 @@']);
  const near = unifiedDiff(before, before.replace('line 5\n', '').replace('line 11\n', ''), 'x');
  expect(near.match(/^@@.*$/gm)).toEqual(['@@ -2,13 +2,11 @@']);
});

test('a new and an emptied file have an empty side', () => {
  expect(unifiedDiff('', 'a\n', 'x')).toBe('--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a\n');
  expect(unifiedDiff('a\n', '', 'x')).toBe('--- x\n+++ x\n@@ -1,1 +0,0 @@\n-a\n');
});

test('a missing last line feed shows', () => {
  expect(unifiedDiff('a', 'a\n', 'x')).toBe('--- x\n+++ x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n');
});

test('huge differences are bounded in work and in length', () => {
  const before = Array.from({ length: 3000 }, (_, i) => `a${i}\n`).join('');
  const after = Array.from({ length: 3000 }, (_, i) => `b${i}\n`).join('');
  const diff = unifiedDiff(before, after, 'x');
  expect(diff.split('\n').length).toBeLessThan(410);
  expect(diff).toContain('... 5601 more lines');
});
