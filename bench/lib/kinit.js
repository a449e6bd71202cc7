import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopped } from './stop.js';

const BIN = fileURLToPath(new URL('../../bin/kinit.js', import.meta.url));
const USAGE = new URL('usage.js', import.meta.url).href;
const MINUTE = 60_000;

/**
 * Runs kinit as a user does. Throws where it fails. With `usage` it also gives its peak memory and processor time, which costs it a
 * file to load.
 * @returns { stdout, ms, peakMB, cpuMs }
 */
export async function kinit(args, { usage = false, minutes = 20, nodeOptions = [], evenStopped } = {}) {
  return program(process.execPath, [...nodeOptions, ...(usage ? ['--import', USAGE] : []), BIN, ...args], {
    minutes,
    usage,
    evenStopped,
  });
}

/**
 * Runs a program to its end and gives its time from outside. @param evenStopped it takes something away: so it runs when all the rest is
 * told to stop, and out of reach of the terminal's Ctrl-C
 */
export async function program(file, args, { minutes = 20, usage = false, env = {}, cwd, evenStopped = false } = {}) {
  if (!evenStopped) stopped.throwIfAborted();
  const usageFile = join(tmpdir(), `kinit-bench-usage-${process.pid}`);
  const started = performance.now();
  const child = spawn(file, args, {
    cwd,
    detached: evenStopped,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, ...(usage ? { KINIT_BENCH_USAGE: usageFile } : {}) },
  });
  const timer = setTimeout(() => child.kill(), minutes * MINUTE);
  const stop = () => child.kill('SIGINT');
  if (!evenStopped) stopped.addEventListener('abort', stop);
  const stdout = [];
  let stderr = '';
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => (stderr = `${stderr}${chunk}`.slice(-4000)));
  const [code, signal] = await once(child, 'close');
  const ms = performance.now() - started;
  clearTimeout(timer);
  stopped.removeEventListener('abort', stop);
  const text = Buffer.concat(stdout).toString();
  if (code !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${code ?? signal}\n${text.slice(-3000)}\n${stderr}`);
  if (!usage) return { stdout: text, stderr, ms };
  const used = JSON.parse(readFileSync(usageFile, 'utf8'));
  rmSync(usageFile, { force: true });
  return { stdout: text, ms, ...used };
}

/** Events of a run with --output json. */
export const eventsOf = ({ stdout }) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
