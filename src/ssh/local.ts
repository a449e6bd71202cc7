import { execa } from 'execa';
import { createInterface } from 'node:readline';
import type { Duplex, Readable } from 'node:stream';
import { defined } from '../model/defined.js';
import { KinitError } from '../model/error.js';
import { lastLines } from '../model/text/last-lines.js';
import { quoteAll } from '../shell/quote.js';

export interface LocalOptions {
  /** Default 60. */
  readonly timeoutSeconds?: number;
  readonly input?: string | Uint8Array;
  /** Added to the environment. */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** False: a non-zero exit code is returned instead of thrown. */
  readonly reject?: boolean;
}

/** Variables with secrets in them, which are this process's alone. */
const withheld = new Set<string>();

/** Programs that are started from now on do not get these variables: what is in them is for kinit to read. */
export function withholdFromPrograms(names: readonly string[]): void {
  for (const name of names) withheld.add(name);
}

/** At most so much of each output stream is held, in characters; the end is kept. */
const MAX_HELD = 32 * 1024 * 1024;
/** Time between SIGTERM and SIGKILL, in milliseconds. */
const GRACE_MS = 2000;

/**
 * Runs a program on the operator's machine. On timeout or abort the program and everything it started is ended.
 * Throws KinitError: 'artifact' is up to the caller, so a failed command is 'internal' here unless it could not be
 * started ('usage': the program is not installed), ran out of time ('timeout') or was aborted ('interrupted').
 */
export async function runLocal(
  file: string,
  args: readonly string[],
  options: LocalOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const timeoutSeconds = options.timeoutSeconds ?? 60;
  const tried = quoteAll([file, ...args]);
  if (options.signal?.aborted === true)
    throw new KinitError(`${file} was not started: the run was interrupted`, { class: 'interrupted', tried });

  // Its own process group, so that grandchildren (compilers, qemu) can be ended with it.
  const child = execa(file, args, {
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stripFinalNewline: false,
    extendEnv: false,
    env: { ...environment(), ...options.env },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...defined({ cwd: options.cwd }),
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  if (options.onLine !== undefined) createInterface({ input: child.stdout }).on('line', options.onLine);

  let ended: 'timeout' | 'interrupted' | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (why: 'timeout' | 'interrupted'): void => {
    if (ended !== undefined) return;
    ended = why;
    killGroup(child.pid, 'SIGTERM');
    killTimer = setTimeout(() => {
      killGroup(child.pid, 'SIGKILL');
      // A descendant that left the group may still hold the pipes: do not wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE_MS);
  };
  const onAbort = (): void => end('interrupted');
  // Without this, Ctrl-C on the terminal would leave the detached group behind when kinit itself exits.
  const onExit = (): void => killGroup(child.pid, 'SIGKILL');
  const timer = setTimeout(() => end('timeout'), timeoutSeconds * 1000);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  process.once('exit', onExit);

  const result = await child;
  clearTimeout(timer);
  clearTimeout(killTimer);
  options.signal?.removeEventListener('abort', onAbort);
  process.removeListener('exit', onExit);

  const output = { stdout: stdout(), stderr: stderr() };
  if (ended !== undefined) {
    killGroup(child.pid, 'SIGKILL');
    if (ended === 'timeout')
      throw new KinitError(`${file} did not finish within ${timeoutSeconds} s`, {
        class: 'timeout',
        tried,
        found: said(output),
      });
    throw new KinitError(`${file} was interrupted`, { class: 'interrupted', tried });
  }
  if (result.exitCode === undefined && result.signal === undefined)
    throw notStarted(file, tried, result.code ?? '', options.cwd, result);
  const code = result.exitCode ?? 128;
  if (code !== 0 && options.reject !== false) {
    const how = result.signal === undefined ? `failed with exit code ${code}` : `was ended by ${result.signal}`;
    throw new KinitError(`${file} ${how}`, { class: 'internal', tried, found: said(output) });
  }
  return { code, ...output };
}

/**
 * A program of the operator's machine as a part of a pipeline: what is written goes to its standard input, what is read comes from its
 * standard output. It fails as the program does, with what that said; it ends when nobody reads on.
 */
export function localFilter(file: string, args: readonly string[]): Duplex {
  const child = execa(file, args, { buffer: { stdout: false }, extendEnv: false, env: environment() });
  child.catch(() => undefined);
  return child.duplex();
}

function notStarted(file: string, tried: string, code: string, cwd: string | undefined, cause: unknown): KinitError {
  if (code === 'ENOENT')
    return new KinitError(`${file} is not installed on this machine`, {
      class: 'usage',
      tried,
      hint: `Install ${file}, or check PATH${cwd === undefined ? '' : ` and that ${cwd} exists`}.`,
      cause,
    });
  return new KinitError(`${file} could not be started`, { class: 'internal', tried, found: code, cause });
}

function collect(stream: Readable): () => string {
  let chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > 2 * MAX_HELD) {
      const tail = Buffer.concat(chunks).subarray(-MAX_HELD);
      chunks = [tail];
      size = tail.length;
    }
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

function said({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return lastLines(stderr.trim() === '' ? stdout : stderr, 20);
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.has(name)));
}
