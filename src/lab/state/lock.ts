import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KinitError } from '../../model/error.js';
import { isAlive, processStart, readRecord, until } from '../host/process.js';

/**
 * Runs work while holding a lock file, so that two kinit processes do not choose the same network or build the same
 * root file system. A lock whose process is gone (also: whose process id was used again) does not count.
 */
export async function withLock<T>(
  file: string,
  waitSeconds: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const taken = await until(waitSeconds, async () => signal?.aborted === true || take(file), 100);
  if (signal?.aborted === true)
    throw new KinitError('Interrupted while waiting for another kinit', {
      class: 'interrupted',
      tried: `waited for ${file}`,
    });
  if (!taken) {
    throw new KinitError('Another kinit is working on test hosts', {
      class: 'locked',
      tried: `waited ${waitSeconds} s for ${file}`,
      found: `held by process ${(await readFile(file, 'utf8').catch(() => '?')).split(' ')[0] ?? '?'}`,
      hint: 'Wait until it is done, then run the same command again.',
    });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${process.pid} ${(await processStart(process.pid)) ?? '0'}\n`);
    await handle.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = await readRecord(file);
    if (holder !== undefined && !(await isAlive(holder))) await rm(file, { force: true });
    return false;
  }
}
