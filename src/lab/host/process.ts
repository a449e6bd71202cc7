import { readFile } from 'node:fs/promises';
import { processStart } from '../../artifacts/store/process-start.js';

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Start time in clock ticks since the machine's boot: field 22 of /proc/PID/stat. */
  readonly start: string;
}

export async function isAlive(record: ProcessRecord): Promise<boolean> {
  return (await processStart(record.pid)) === record.start;
}

/** "PID START" as a host's launcher writes it before anything else; undefined when there is none or it is torn. */
export async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [, pid, start] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}

/** SIGKILL; a process that is gone already is fine. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Asks again until the answer is true; false when the time is over. */
export async function until(seconds: number, ask: () => Promise<boolean>, pauseMs = 50): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() > end) return false;
    await new Promise((wake) => setTimeout(wake, pauseMs));
  }
}
