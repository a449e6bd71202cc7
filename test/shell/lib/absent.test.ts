import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { argv, SHELLS, type Shell } from '../../resources/sh.js';

const ABSENT = shellScript('../../../src/shell/lib/absent.sh', import.meta.url);
/** Nobody's: root can look everywhere. */
const NOBODY = 65534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-absent-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function ask(shell: Shell, ...paths: string[]): { readonly code: number | null; readonly stderr: string } {
  const [file = '', ...args] = argv(shell);
  const calls = paths.map((path) => `must_be_absent '${path}'`).join('\n');
  const { status, stderr } = spawnSync(file, [...args, '-s'], {
    input: `${sh(ABSENT)}\n`.replace(ABSENT.text, `${ABSENT.text}\n${calls}`),
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  return { code: status, stderr };
}

test.each(SHELLS)(
  '%s: what is not there is absent, also below a folder that is not there, and below a file',
  (shell) => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(
      ask(shell, `${folder}/a`, `${folder}/a/b/c`, `${folder}/file/x`, `${folder}/dangling/x`, '/no-such-name'),
    ).toEqual({
      code: 0,
      stderr: '',
    });
  },
);

test.each(SHELLS)('%s: what its folder names and nothing can look at is no absence', (shell) => {
  const closed = join(folder, 'closed');
  mkdirSync(join(closed, 'inner'), { recursive: true });
  writeFileSync(join(closed, 'there'), '');
  // Names can be listed, and none of them looked at.
  chmodSync(closed, 0o744);
  for (const path of [`${closed}/there`, `${closed}/inner/below`])
    expect(ask(shell, path), path).toMatchObject({ code: 1, stderr: expect.stringContaining('Permission denied') });
  expect(ask(shell, `${closed}/other`)).toEqual({ code: 0, stderr: '' });
  chmodSync(closed, 0o755);
});

test.each(SHELLS)('%s: a folder whose names cannot be listed is no absence', (shell) => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o700);
  expect(ask(shell, `${closed}/x`).code).toBe(process.getuid?.() === 0 ? 1 : 0);
});
