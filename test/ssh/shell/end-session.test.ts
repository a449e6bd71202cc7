import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { requestText } from '../../../src/ssh/shell/text.js';
import { argv, run, SHELLS, type Shell } from '../../resources/sh.js';

const END_SESSION = shellScript('../../../src/ssh/shell/end-session.sh', import.meta.url);
const NONCE = 'fedcba9876543210fedcba9876543210';

let folder: string;
const shells: ChildProcessWithoutNullStreams[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-end-'));
});
afterEach(() => {
  for (const shell of shells.splice(0)) shell.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A root shell in a session of its own, as sshd gives one; requests go in, what it prints comes out. */
function rootShell(shell: Shell): {
  pid: number;
  send: (id: number, script: string) => void;
  until: (text: RegExp) => Promise<RegExpExecArray>;
} {
  const [file = '', ...args] = argv(shell);
  const child = spawn(file, args, { detached: true });
  shells.push(child);
  let printed = '';
  let heard = (): void => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    heard();
  });
  return {
    pid: child.pid ?? 0,
    send: (id, script) => child.stdin.write(requestText({ nonce: NONCE, bash: shell === 'bash' }, id, script)),
    until: (text) =>
      new Promise((resolve) => {
        heard = () => {
          const found = text.exec(printed);
          if (found !== null) resolve(found);
        };
        heard();
      }),
  };
}

/** Nobody need have taken note of its end: what is process 1 here may not. */
function isGone(pid: string): boolean {
  const { code, stdout } = run('dash', `cat /proc/${pid}/stat 2> /dev/null`);
  return code !== 0 || / Z /.test(stdout);
}

const end = (shell: Shell, ...args: number[]): ReturnType<typeof run> =>
  run(shell, sh(END_SESSION, { args: args.map(String) }));

test.each(SHELLS)(
  '%s: a request that is ended takes along what it began; the one written ahead runs after it, whole',
  async (shell) => {
    const root = rootShell(shell);
    root.send(1, `(sleep 60 & echo $! > '${folder}/orphan') & wait; sleep 60`);
    root.send(2, 'sleep 0.3; echo second');
    const [, pid = ''] = await root.until(/1 (\d+) begun/);
    while (!existsSync(`${folder}/orphan`) || readFileSync(`${folder}/orphan`, 'utf8') === '')
      await new Promise((go) => setImmediate(go));
    expect(end('dash', root.pid, Number(pid))).toMatchObject({ stdout: '', stderr: '' });
    const [, first] = await root.until(/\x1e\w+ 1 (\d+)\n/);
    const [, second] = await root.until(/second\n\x1e\w+ 2 (\d+)\n/);
    expect([first, second]).toEqual(['143', '0']);
    expect(isGone(readFileSync(`${folder}/orphan`, 'utf8').trim())).toBe(true);
  },
);

test.each(SHELLS)('%s: one that has ended meanwhile is not looked for in the next', async (shell) => {
  const root = rootShell(shell);
  root.send(1, ':');
  root.send(2, `while [ ! -e '${folder}/go' ]; do sleep 0.05; done; echo second`);
  const [, pid = ''] = await root.until(/1 (\d+) begun/);
  await root.until(/2 \d+ begun/);
  expect(end('dash', root.pid, Number(pid))).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(run('dash', `: > '${folder}/go'`).code).toBe(0);
  const [, second] = await root.until(/second\n\x1e\w+ 2 (\d+)\n/);
  expect(second).toBe('0');
});

test.each(SHELLS)('%s: what is in a session of its own, as a package manager is, is left alone', async (shell) => {
  const root = rootShell(shell);
  root.send(1, `setsid sleep 60 & echo $! > '${folder}/own'; echo ready; wait`);
  const [, pid = ''] = await root.until(/1 (\d+) begun/);
  await root.until(/ready/);
  const own = readFileSync(`${folder}/own`, 'utf8').trim();
  while (!readFileSync(`/proc/${own}/cmdline`, 'utf8').startsWith('sleep')) await new Promise((go) => setImmediate(go));
  end('dash', root.pid, Number(pid));
  await root.until(/\x1e\w+ 1 143\n/);
  expect(readFileSync(`/proc/${own}/cmdline`, 'utf8')).toContain('sleep');
  process.kill(Number(own));
});
