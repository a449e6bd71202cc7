import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir, userInfo } from 'node:os';
import type { Resource, ResourceKind } from '../../src/model/resource.js';
import { shellScript } from '../../src/shell/script.js';

const ALL_SHELLS = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof ALL_SHELLS)[number];

/**
 * dash and bash are what hosts have as sh; busybox is the strictest of the small ones. One that this machine lacks is told
 * by the step "tools for tests".
 */
export const SHELLS = ALL_SHELLS.filter((shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0);

/** The words that start it. */
export const argv = (shell: Shell): readonly string[] => (shell === 'busybox' ? ['busybox', 'sh'] : [shell]);

/** Who runs the tests: owner of the files they make. */
export const ME = { owner: String(userInfo().uid), group: String(userInfo().gid) };

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs sh text as the engine does: in a subshell of a shell that has no script file of its own. */
export function run(shell: Shell, script: string, env: Readonly<Record<string, string>> = {}): Ran {
  const [file = '', ...args] = argv(shell);
  const result = spawnSync(file, [...args, '-s'], {
    input: `(\n${script}\n) || exit $?\n`,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', ...env },
  });
  return { code: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** What a shell says of sh text without running it; empty when it reads it. */
export function syntaxError(shell: Shell, script: string): string {
  const [file = '', ...args] = argv(shell);
  const { status, stderr } = spawnSync(file, [...args, '-n'], { input: script, encoding: 'utf8' });
  return status === 0 ? stderr : `exit code ${String(status)}: ${stderr}`;
}

/** Runs sh text that must succeed and be quiet on standard error. */
export function must(shell: Shell, script: string, env: Readonly<Record<string, string>> = {}): string {
  const result = run(shell, script, env);
  if (result.code !== 0 || result.stderr !== '')
    throw new Error(`exit code ${String(result.code)}\n${result.stdout}\n${result.stderr}\n--- script\n${script}`);
  return result.stdout;
}

/** What a kind asks a host about one resource; '' where it is not seen by shell. */
export function observeText<R extends Resource, Seen>(kind: ResourceKind<R, Seen>, resource: R): string {
  return kind.together?.observe([resource]) ?? kind.observe?.(resource) ?? '';
}

/** What it makes of the answer; undefined where it is not seen by shell. */
export function parseAnswer<R extends Resource, Seen>(
  kind: ResourceKind<R, Seen>,
  resource: R,
  output: string,
): Seen | undefined {
  return kind.together === undefined ? kind.parse?.(resource, output) : kind.together.parse([resource], output)[0];
}

export function look<R extends Resource, Seen>(shell: Shell, kind: ResourceKind<R, Seen>, resource: R): Seen {
  const seen = parseAnswer(kind, resource, must(shell, observeText(kind, resource)));
  if (seen === undefined) throw new Error(`${kind.kind} is not seen by shell`);
  return seen;
}

/** Observes, saves and applies, as the engine does. Uploads are carried out without owner. Returns what was saved where. */
export function change<R extends Resource, Seen>(
  shell: Shell,
  kind: ResourceKind<R, Seen>,
  resource: R,
  saved: string,
): void {
  const seen = look(shell, kind, resource);
  const { save } = undoTexts(kind, resource, seen);
  if (save !== undefined) must(shell, save, { D: saved });
  for (const step of kind.apply(resource, seen)) {
    if (step.do === 'script') must(shell, step.script);
    else if (step.do === 'upload') {
      for (const { path, content, mode } of step.files) {
        if (!('bytes' in content)) throw new Error('only bytes here');
        must(shell, `mkdir -p "$(dirname '${path}')" && rm -f '${path}'`);
        writeFileSync(path, content.bytes, { mode });
      }
    }
  }
}

export function undo<R extends Resource, Seen>(
  shell: Shell,
  kind: ResourceKind<R, Seen>,
  resource: R,
  saved: string,
): string {
  return must(shell, undoTexts(kind, resource, look(shell, kind, resource)).restore, { D: saved });
}

/** What would be run to save, and to put back from the data that would stand in the journal (they go through JSON). */
export function undoTexts<R extends Resource, Seen>(
  kind: ResourceKind<R, Seen>,
  resource: R,
  seen: Seen,
): { readonly save?: string; readonly restore: string } {
  if (kind.undo === undefined) throw new Error(`${kind.kind} has no undo`);
  const { save, data } = kind.undo.record(resource, seen);
  const restore = kind.undo.restore(JSON.parse(JSON.stringify(data)), kind.undo.version);
  return save === undefined ? { restore } : { save, restore };
}

/** A temporary folder with a place for files and one for what undo saves. */
export function withFolder<T>(test: (folder: string, saved: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-test-'));
  const saved = mkdtempSync(join(tmpdir(), 'kinit-saved-'));
  try {
    return test(folder, saved);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(saved, { recursive: true, force: true });
  }
}

/** Why there is or is not a change. */
export function reason(difference: ReturnType<ResourceKind<Resource, unknown>['diff']>): string {
  return difference.changed ? difference.change.reason : difference.reason;
}

/**
 * A folder that stands for a host's root, with commands that only write down how they were called. Scripts are pointed to it
 * by their absolute paths, so that nothing of this machine is touched.
 */
export interface FakeHost {
  readonly root: string;
  readonly saved: string;
  /** Text of a script with its paths and PATH inside the folder. */
  readonly inside: (script: string) => string;
  /** Puts a command in place; `body` is sh text. Every call is written down besides. */
  readonly command: (name: string, body?: string) => void;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** How commands were called, in order: 'systemctl enable x'. */
  readonly calls: () => readonly string[];
}

/** It sets PATH, which is the fake host's here. */
const HOST_PATH = shellScript('../../src/shell/lib/host-path.sh', import.meta.url).text;

const PLACES = [
  '/etc/',
  '/usr/lib/firewalld/',
  '/run/',
  '/usr/lib/systemd/',
  '/lib/systemd/',
  '/proc/swaps',
  '/proc/meminfo',
  '/proc/net/',
  '/proc/sys/kernel/hostname',
  '/sys/fs/selinux',
  '/sys/class/net',
  '/var/lib/kinit',
  '/var/lib/kubelet',
  '/var/lib/dpkg',
  '/var/lib/apt',
  '/var/cache/apt',
  '/var/log/pods',
  '/var/lib/rpm',
  '/var/lib/dnf',
  '/var/cache/dnf',
  '/var/cache/yum',
];

export function withHost(test: (host: FakeHost) => void): void {
  withFolder((root, saved) => {
    test(fakeHost(root, saved));
  });
}

/** The file of a socket at which nobody listens any more. */
export function deadSocket(path: string): void {
  const { status } = spawnSync(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(process.argv[1], () => process.exit())`,
    path,
  ]);
  if (status !== 0) throw new Error(`no socket could be made at ${path}`);
}

/** The same for tests that wait for something. */
export async function withHostAsync(test: (host: FakeHost) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kinit-test-'));
  try {
    await test(fakeHost(root, join(root, 'saved')));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function fakeHost(root: string, saved: string): FakeHost {
  const bin = join(root, 'bin');
  must(
    'dash',
    `mkdir -p '${bin}' '${saved}' '${root}/etc' '${root}/run' '${root}/proc/net' '${root}/sys/class/net' && : > '${root}/calls'`,
  );
  return {
    root,
    saved,
    inside: (script) => {
      const moved = PLACES.reduce(
        (text, place) =>
          text.replaceAll(new RegExp(`(?<![A-Za-z0-9_}.-])${place.replaceAll('.', '\\.')}`, 'g'), `${root}${place}`),
        script,
      );
      return `PATH='${bin}:'"$PATH"\n${moved.replaceAll(HOST_PATH, ':')}`;
    },
    command: (name, body = '') => {
      writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> '${root}/calls'\n${body}\n`, {
        mode: 0o755,
      });
    },
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    calls: () =>
      readFileSync(join(root, 'calls'), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
  };
}
