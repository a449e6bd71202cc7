import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KinitError } from '../../model/error.js';
import { processStart } from './process-start.js';
import { defined } from '../../model/defined.js';
import { sha256Hex } from '../../model/text/digest.js';

export interface FileLockOptions {
  readonly waitSeconds: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  readonly onWait?: (holder: string) => void;
  /** The error when the wait runs out: who is at work, and what to do. */
  readonly busy: { readonly message: string; readonly hint: string };
}

/** How often a lock that is held is looked at again, in milliseconds. */
const PAUSE = 100;

/**
 * Runs work while holding a lock file. The lock of a process that is gone (also: whose id was used again) is taken over,
 * and so is one without a readable holder, which only a power cut leaves: a lock is put in place with its holder in it.
 */
export async function withFileLock<T>(file: string, options: FileLockOptions, work: () => Promise<T>): Promise<T> {
  const { signal, busy, waitSeconds } = options;
  await mkdir(dirname(file), { recursive: true });
  const mine = `${process.pid} ${(await processStart(process.pid)) ?? '-'} ${hostname()} ${randomBytes(6).toString('hex')}\n`;
  const deadline = Date.now() + waitSeconds * 1000;
  let told = false;
  while (!(await take(file, mine))) {
    const seen = await textOf(file);
    if (seen !== undefined && (await isStale(seen))) await removeStale(file, seen, mine);
    else if (seen !== undefined && !told) {
      options.onWait?.(holderIn(seen));
      told = true;
    }
    if (Date.now() >= deadline + (told ? 0 : 1000))
      throw new KinitError(busy.message, {
        class: 'locked',
        tried: `waited ${waitSeconds} s for ${file}`,
        found: `held by ${holderIn(seen)}`,
        hint: busy.hint,
      });
    // Also after a stale lock: whatever the file system answers, this never spins.
    await sleep(told ? PAUSE : 5, undefined, defined({ signal })).catch(() => undefined);
    if (signal?.aborted === true) throw interrupted(file);
  }
  try {
    return await work();
  } finally {
    if ((await textOf(file)) === mine) await rm(file, { force: true });
  }
}

/** Links a finished file into place, so that nobody ever reads a lock without its holder in it. */
async function take(file: string, mine: string): Promise<boolean> {
  const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await writeSynced(own, mine);
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** On the disk before it has the lock's name: after a power cut the lock is whole or not there. */
async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Only one of those that saw the stale lock removes it: who has the right to, a lock beside it named after what it says. Every
 * lock says something else, so one who gets the right later finds another text in the lock, and leaves it.
 */
async function removeStale(file: string, seen: string, mine: string): Promise<void> {
  const right = `${file}.stale-${sha256Hex(seen).slice(0, 16)}`;
  if (await take(right, mine)) {
    if ((await textOf(file)) === seen) await rm(file, { force: true });
    await rm(right, { force: true });
    return;
  }
  const holder = await textOf(right);
  if (holder !== undefined && (await isStale(holder))) await removeStale(right, holder, mine);
}

function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** "PID START [MACHINE NONCE]"; earlier versions wrote the first two only. */
async function isStale(holder: string): Promise<boolean> {
  const [, pid = '', start = '', host] = /^(\d+) (\d+|-)(?: (\S+) \S+)?\n$/.exec(holder) ?? [];
  if (pid === '') return true;
  // A cache folder on a network share: another machine's process cannot be looked at.
  if (host !== undefined && host !== hostname()) return false;
  return start === '-' ? !isThere(Number(pid)) : (await processStart(Number(pid))) !== start;
}

function holderIn(lock: string | undefined): string {
  return `process ${lock?.split(' ')[0] ?? '?'}`;
}

/** Where there is no /proc. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function interrupted(file: string): KinitError {
  return new KinitError('Interrupted while waiting for another kinit', {
    class: 'interrupted',
    tried: `waited for ${file}`,
  });
}
