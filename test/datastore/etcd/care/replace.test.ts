import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { must, run, SHELLS } from '../../../resources/sh.js';

const REPLACE = shellScript('../../../../src/datastore/etcd/care/replace.sh', import.meta.url);

let data: string;
const at = (path: string): string => join(data, path);
const write = (path: string, text: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
const script = (stamp: string): string =>
  sh(REPLACE, { args: [data, at('kinit-restored'), at(`replaced-${stamp}`), at('kinit-replacing')] });

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'kinit-etcd-'));
  write('kinit-restored/member/snap/db', 'new');
});
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

test.each(SHELLS)('the new data are in place, the old ones are kept, and no mark is left (%s)', (shell) => {
  write('member/snap/db', 'old');
  expect(must(shell, script('1')).trim()).toBe(at('replaced-1'));
  expect(readFileSync(at('member/snap/db'), 'utf8')).toBe('new');
  expect(readFileSync(at('replaced-1/member/snap/db'), 'utf8')).toBe('old');
  expect([existsSync(at('kinit-replacing')), existsSync(at('kinit-restored'))]).toEqual([false, false]);
});

test.each(SHELLS)('cut between the two: the next one goes on, and says where the old ones are (%s)', (shell) => {
  write('replaced-1/member/snap/db', 'old');
  write('kinit-replacing', '');
  expect(must(shell, script('2')).trim()).toBe(at('replaced-1'));
  expect(readFileSync(at('member/snap/db'), 'utf8')).toBe('new');
  expect(existsSync(at('kinit-replacing'))).toBe(false);
});

test.each(SHELLS)('without new data nothing is touched (%s)', (shell) => {
  rmSync(at('kinit-restored'), { recursive: true });
  write('member/snap/db', 'old');
  expect(run(shell, script('1'))).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: /) as string });
  expect(readFileSync(at('member/snap/db'), 'utf8')).toBe('old');
});
