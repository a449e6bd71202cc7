import { z } from 'zod';
import { contentsSchema } from '../care.js';

const line = contentsSchema.extend({ kubernetes: z.string(), taken: z.string() });

/** A backup on a host. */
interface TimedBackup extends z.output<typeof line> {
  readonly path: string;
  /** Bytes of its file. */
  readonly size: number;
}

export interface TimedBackups {
  /** The oldest first. */
  readonly backups: readonly TimedBackup[];
  /** How the last try ended, as systemd has it, with what it said; absent: well, or there was none. */
  readonly failed?: string;
}

/** From what list.sh prints. A file whose first line is not that of a backup is left out. */
export function readTimedBackups(stdout: string): TimedBackups {
  const parts = stdout.split(/^== /m).slice(1);
  const backups = parts.flatMap((part): TimedBackup[] => {
    const [, path = '', size = '', text = ''] = /^backup (.+) (\d+)\n(.*)/.exec(part) ?? [];
    const read = line.safeParse(jsonOf(text));
    return path === '' || !read.success ? [] : [{ path, size: Number(size), ...read.data }];
  });
  const [, result = 'success', said = ''] = /^last (\S*)\n([^]*)/.exec(parts.at(-1) ?? '') ?? [];
  return { backups, ...(result === 'success' ? {} : { failed: `${result}: ${said.trim()}` }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
