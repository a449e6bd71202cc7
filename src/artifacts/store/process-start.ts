import { readFile } from 'node:fs/promises';

/**
 * When a living process of this machine started, in clock ticks since the boot: with its id it cannot be mistaken for a
 * later process. undefined when there is none with this id.
 */
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
