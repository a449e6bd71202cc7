import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KinitError } from '../../model/error.js';
import { storeFolder } from './paths.js';

/**
 * Runs work while holding the store's build lock, so that two builds at once wait for each other and the second finds
 * the first one's results. A lock whose process is gone is taken over.
 */
export async function withStoreLock<T>(
  work: () => Promise<T>,
  options: {
    readonly onWait: (holder: string) => void;
    readonly signal: AbortSignal;
    readonly timeoutSeconds?: number;
  },
): Promise<T> {
  const folder = storeFolder();
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'build.lock');
  const mine = `${process.pid} ${await startTime(process.pid)} ${hostname()} ${randomBytes(6).toString('hex')}\n`;
  const deadline = Date.now() + (options.timeoutSeconds ?? 2 * 3600) * 1000;
  let told = false;
  while (!(await take(file, mine))) {
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (holder === '') continue;
    if (await isStale(holder)) {
      await removeStale(file, holder);
      continue;
    }
    const who = `process ${holder.split(' ')[0] ?? '?'}`;
    if (!told) options.onWait(who);
    told = true;
    if (Date.now() > deadline)
      throw new KinitError('another artifact build does not end', {
        class: 'locked',
        tried: `wait for ${file}`,
        found: `held by ${who}`,
        hint: 'End that build, or wait for it and run again.',
      });
    await sleep(500, undefined, { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true });
  }
}

/** Links a finished file into place, so that nobody ever reads a lock without its holder in it. */
async function take(file: string, mine: string): Promise<boolean> {
  const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(own, mine, { flag: 'wx', mode: 0o644 });
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Of two waiters that both saw the stale lock, the slower may move away the faster one's new lock: it is put back. */
async function removeStale(file: string, seen: string): Promise<void> {
  const aside = `${file}.stale-${randomBytes(4).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== seen) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isStale(holder: string): Promise<boolean> {
  const [pid = '', started = '', host = ''] = holder.trim().split(' ');
  // A cache folder on a network share: another machine's process cannot be looked at.
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  return (await startTime(Number(pid))) !== started;
}

/** When a process started, in the kernel's ticks, so that a reused process id is not taken for the holder; '-' where /proc is not there. */
async function startTime(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
}
