import { readFile } from 'node:fs/promises';

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Start time in clock ticks since the machine's boot: field 22 of /proc/PID/stat. */
  readonly start: string;
}

/** Start time of a living process; undefined when there is none with this id. */
export async function processStart(pid: number): Promise<string | undefined> {
  try {
    return startField(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Field 22 of /proc/PID/stat; undefined for a zombie, which holds nothing any more. The second field, the name in
 * brackets, may itself hold blanks and brackets.
 */
export function startField(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
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
