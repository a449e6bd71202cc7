import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../src/resources/unified-diff.js';
import { withFolder } from './sh.js';

const numbers = Array.from({ length: 40 }, (_, i) => `line ${String(i)}\n`);
const edit = (at: number, text: string): string => numbers.map((line, i) => (i === at ? text : line)).join('');

test.each([
  ['from nothing', '', 'a\nb\n'],
  ['to nothing', 'a\nb\n', ''],
  ['one line in the middle', numbers.join(''), edit(20, 'X\n')],
  ['two far apart', numbers.join(''), edit(3, 'X\n').replace('line 30\n', '')],
  ['two near each other', numbers.join(''), edit(10, '').replace('line 15\n', 'line 15\nmore\n')],
  ['first and last line', numbers.join(''), edit(0, 'X\n').replace('line 39\n', 'Y\n')],
  ['line end lost', 'a\nb\n', 'a\nb'],
  ['line end gained', 'a\nb', 'a\nb\n'],
])('a diff that patch applies: %s', (_name, before, after) => {
  withFolder((folder) => {
    writeFileSync(`${folder}/before`, before);
    writeFileSync(`${folder}/after`, after);
    const theirs = spawnSync('diff', ['-u', '--label', 'a', '--label', 'b', `${folder}/before`, `${folder}/after`], { encoding: 'utf8' }).stdout;
    expect(unifiedDiff(before, after, 'a', 'b')).toBe(theirs);
  });
});

test('equal texts have no diff', () => {
  expect(unifiedDiff('a\n', 'a\n', 'a', 'b')).toBe('');
});

test('texts too large to compare line by line are shown as replaced', () => {
  const before = Array.from({ length: 2100 }, (_, i) => `a${String(i)}`).join('\n');
  const after = Array.from({ length: 2100 }, (_, i) => `b${String(i)}`).join('\n');
  expect(unifiedDiff(before, after, 'a', 'b').split('\n').filter((line) => line.startsWith('-a'))).toHaveLength(2100);
});
