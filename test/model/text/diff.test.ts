import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../../src/model/text/diff.js';
import { withFolder } from '../../resources/sh.js';

const numbered = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');

test('equal texts give nothing', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n', 'x')).toBe('');
});

const edit = (at: number, text: string): string => numbered(40).replace(`line ${at}\n`, text);

test.each([
  ['from nothing', '', 'a\nb\n'],
  ['to nothing', 'a\nb\n', ''],
  ['one line in the middle', numbered(40), edit(20, 'X\n')],
  ['two far apart', numbered(40), edit(3, 'X\n').replace('line 30\n', '')],
  ['two near each other', numbered(40), edit(10, '').replace('line 15\n', 'line 15\nmore\n')],
  ['first and last line', numbered(40), edit(1, 'X\n').replace('line 40\n', 'Y\n')],
  ['line end lost', 'a\nb\n', 'a\nb'],
  ['line end gained', 'a\nb', 'a\nb\n'],
])('a diff that patch applies: %s', (_name, before, after) => {
  withFolder((folder) => {
    writeFileSync(`${folder}/before`, before);
    writeFileSync(`${folder}/after`, after);
    const theirs = spawnSync('diff', ['-u', '--label', 'a', '--label', 'b', `${folder}/before`, `${folder}/after`], {
      encoding: 'utf8',
    }).stdout;
    expect(unifiedDiff(before, after, 'a', 'b')).toBe(theirs);
  });
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

test('huge differences are bounded in work and in length', () => {
  const before = Array.from({ length: 3000 }, (_, i) => `a${i}\n`).join('');
  const after = Array.from({ length: 3000 }, (_, i) => `b${i}\n`).join('');
  const diff = unifiedDiff(before, after, 'x');
  expect(diff.split('\n').length).toBeLessThan(410);
  expect(diff).toContain('... 5601 more lines');
});
