import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { must, run, SHELLS, type Shell } from '../../resources/sh.js';

const REPLACE = shellScript('../../../src/datastore/sqlite/replace.sh', import.meta.url);

let data: string;
const at = (path: string): string => join(data, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) writeFileSync(at(path), text);
};
const script = (stamp: string): string =>
  sh(REPLACE, { args: [at('state.db'), at('kinit-copy.db'), at(`replaced-${stamp}`), at('kinit-replacing')] });
const killed = (shell: Shell, stamp: string): void =>
  void run(shell, script(stamp), { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` });

/** Ends the shell that replaces just before the command that is that one of its kind. */
function dieAt(command: string, count: number): void {
  mkdirSync(at('bin'));
  const path = must('dash', `command -v ${command}`).trim();
  write({
    [`bin/${command}`]: `#!/bin/sh
echo >> ${at('bin/calls')}
[ "$(wc -l < ${at('bin/calls')})" -ne ${String(count)} ] || { kill -KILL "$PPID"; exit 1; }
exec ${path} "$@"
`,
  });
  must('dash', `chmod 755 ${at(`bin/${command}`)}`);
}

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'kinit-sqlite-'));
  write({ 'kinit-copy.db': 'new', 'state.db': 'old', 'state.db-wal': 'log', 'state.db-shm': 'index' });
});
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

test.each(SHELLS)('the copy is in place, the old one is kept with its log, and no mark is left (%s)', (shell) => {
  expect(must(shell, script('1')).trim()).toBe(at('replaced-1'));
  expect([read('state.db'), read('replaced-1/state.db'), read('replaced-1/state.db-wal')]).toEqual([
    'new',
    'old',
    'log',
  ]);
  expect(readdirSync(data).sort()).toEqual(['replaced-1', 'state.db']);
});

test.each(SHELLS)('where nothing was, nothing is kept (%s)', (shell) => {
  for (const name of ['state.db', 'state.db-wal', 'state.db-shm']) rmSync(at(name));
  expect(must(shell, script('1')).trim()).toBe('');
  expect(readdirSync(data)).toEqual(['state.db']);
});

/** Before the log is copied, before the first and second move, before the log goes, and before the mark goes. */
const CUTS = [
  ['cp', 1],
  ['mv', 1],
  ['sync', 3],
  ['rm', 1],
  ['mv', 2],
  ['sync', 5],
  ['rm', 2],
] as const;
const cuts = SHELLS.flatMap((shell) => CUTS.map(([command, count]) => [shell, command, count] as const));

test.each(cuts)(
  'cut, the old one is whole with its log and nobody writes into it; the next run goes on (%s, %s %d)',
  (...[shell, command, count]) => {
    dieAt(command, count);
    killed(shell, '1');
    const kept = existsSync(at('replaced-1/state.db'));
    const folder = kept ? 'replaced-1/' : '';
    expect([read(`${folder}state.db`), read(`${folder}state.db-wal`)]).toEqual(['old', 'log']);
    expect(statSync(at(`${folder}state.db`)).nlink).toBe(1);
    expect(existsSync(at('kinit-replacing'))).toBe(kept || command === 'mv');
    write({ 'kinit-copy.db': 'newer' });
    const said = must(shell, script('2')).trim();
    expect([read('state.db'), existsSync(at('kinit-replacing'))]).toEqual(['newer', false]);
    // What a run before put there has gone on to be kept too.
    expect(said).toBe(at(kept && !existsSync(at('replaced-2')) ? 'replaced-1' : 'replaced-2'));
    const whole = kept ? 'replaced-1' : 'replaced-2';
    expect([read(`${whole}/state.db`), read(`${whole}/state.db-wal`)]).toEqual(['old', 'log']);
  },
);

test.each(SHELLS)('a log that cannot be kept: nothing is touched, and no mark is left (%s)', (shell) => {
  mkdirSync(at('bin'));
  write({ 'bin/cp': '#!/bin/sh\necho "cp: No space left on device" >&2\nexit 1\n' });
  must('dash', `chmod 755 ${at('bin/cp')}`);
  expect(run(shell, script('1'), { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/No space left[^]*Error: .*cannot be kept/) as string,
  });
  expect([read('state.db'), read('state.db-wal')]).toEqual(['old', 'log']);
  expect(readdirSync(data).sort()).toEqual(['bin', 'kinit-copy.db', 'state.db', 'state.db-shm', 'state.db-wal']);
});

test.each(SHELLS)('without a copy nothing is touched (%s)', (shell) => {
  rmSync(at('kinit-copy.db'));
  expect(run(shell, script('1'))).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: /) as string });
  expect([read('state.db'), read('state.db-wal')]).toEqual(['old', 'log']);
});
