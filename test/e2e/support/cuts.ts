import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { KinitEvent } from '../../../src/model/event.js';
import { kinit } from './kinit.js';

const BIN = fileURLToPath(new URL('../../../bin/kinit.js', import.meta.url));

/** A run that was killed by a signal, as runLocal tells it. */
const KILLED = 128;
/** More runs than any command has points. */
const MAX_RUNS = 600;

/**
 * Runs a command again and again; each run is killed (SIGKILL) at the next point that no run before it has passed (at every
 * n-th such point), until one comes through. Gives all points. See src/engine/change/kill-point.ts.
 */
export async function cutEverywhere(args: readonly string[], every = 1): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kinit-kills-'));
  const file = join(folder, 'points');
  await writeFile(file, `kinit-kill-points ${every}\n`);
  try {
    for (let run = 1; run <= MAX_RUNS; run++) {
      const { code, stdout, stderr } = await kinit(args, { env: { KINIT_TEST_KILL_FILE: file } });
      const points = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(1);
      if (code === 0) return points;
      if (code !== KILLED)
        throw new Error(
          `run ${run} of kinit ${args.join(' ')}, after a kill at "${points.at(-1) ?? ''}", exited with ${code}\n${stdout.slice(-6000)}\n${stderr}`,
        );
    }
    throw new Error(`kinit ${args.join(' ')} does not come to its end`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Starts a command, does something bad when `cause` is through with it, and kills it with SIGKILL ('let-it-end': waits
 * until it ends by itself). Its events can be read while it runs.
 */
export async function cutWhen(
  args: readonly string[],
  cause: (events: AsyncIterable<KinitEvent>) => Promise<void>,
  then: 'kill' | 'let-it-end' = 'kill',
): Promise<'killed' | 'failed' | 'finished'> {
  const child = spawn(process.execPath, [BIN, ...args, '--output', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<'killed' | 'failed' | 'finished'>((resolve) =>
    child.on('exit', (code, signal) => resolve(signal !== null ? 'killed' : code === 0 ? 'finished' : 'failed')),
  );
  const failures: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line.includes('"phase-failed"')) failures.push(line);
  });
  try {
    await cause(eventsOf(lines));
    child.stdout.resume();
    if (then === 'kill') child.kill('SIGKILL');
    const how = await ended;
    // Most tests want another end: this is why it was not.
    if (how === 'failed') process.stdout.write(`kinit ${args.join(' ')} failed:\n${failures.join('\n')}\n`);
    return how;
  } finally {
    child.kill('SIGKILL');
  }
}

async function* eventsOf(lines: AsyncIterable<string>): AsyncIterable<KinitEvent> {
  for await (const line of lines) yield JSON.parse(line) as KinitEvent;
}
