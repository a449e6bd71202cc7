import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { withoutComments } from '../../src/shell/comments.js';
import { shellScript } from '../../src/shell/script.js';
import { syntaxError, SHELLS } from '../resources/sh.js';

const src = pathToFileURL(`${process.cwd()}/src/`).href;
const files = readdirSync(new URL(src), { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(sh|bash)$/.test(file),
);

/** What the oldest hosts lack: bash 4.2, coreutils 8.22, systemd 219 (CentOS 7); and what minimal images lack. */
const TOO_NEW: Readonly<Record<string, RegExp>> = {
  'perl and python are not on minimal Red Hat images': /(^|[\s;|&(])(perl|python3?)\s/m,
  '`sync FILE` syncs everything before coreutils 8.24; say `sync_file`': /(^|[\s;|&(])sync (--|"|\$|\/)/m,
  'systemctl show --value came with systemd 230': /systemctl[^\n]*--value/,
  'systemctl enable --now came with systemd 220': /systemctl[^\n]* (enable|disable|mask)[^\n]* --now|systemctl --now/,
  'journalctl --output-fields came with systemd 236': /--output-fields/,
  'systemd-run --socket-property came with systemd 236': /--socket-property/,
  'StandardOutput=file: came with systemd 236': /StandardOutput=(file|append):/,
};
/** What somebody's own settings change. */
const OWN_SETTINGS: Readonly<Record<string, RegExp>> = {
  'in a session of sshd `bash -c` reads ~/.bashrc, which may print: say `bash --norc -c`': /\bbash -c/,
};
/** What sh need not know; bash does. */
const NOT_POSIX: Readonly<Record<string, RegExp>> = { 'local is not POSIX': /(^|[\s;])local\s/m };

/** The way round, which stands in many. */
const SYNC_FILE = shellScript('./shell/lib/sync.sh', src).text;

describe.each(files)('%s', (file) => {
  const { text } = shellScript(`./${file}`, src);
  const posix = file.endsWith('.sh');

  test('says what it is for, in its first lines', () => {
    expect(readFileSync(new URL(file, src), 'utf8')).toMatch(/^# shellcheck shell=(sh|bash)\n# \S/);
  });

  test.each(posix ? SHELLS : (['bash'] as const))('is read by %s', (shell) =>
    expect(syntaxError(shell, text)).toBe(''),
  );

  test('a shell reads the same with and without comments', () => {
    const whole = readFileSync(new URL(file, src), 'utf8');
    expect(asRead(withoutComments(whole))).toBe(asRead(whole));
  });

  test.each(Object.entries({ ...TOO_NEW, ...OWN_SETTINGS, ...(posix ? NOT_POSIX : {}) }))('%s', (_why, pattern) =>
    expect(text.replace(SYNC_FILE, '')).not.toMatch(pattern),
  );
});

/** The commands of a text as bash has parsed them. */
function asRead(text: string): string {
  const { stdout, stderr } = spawnSync('bash', [], { input: `f() {\n:\n${text}\n}\ndeclare -f f\n`, encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

test('there are scripts to look at', () => expect(files.length).toBeGreaterThan(100));
