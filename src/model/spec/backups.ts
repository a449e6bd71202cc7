import { z } from 'zod';
import { free } from './marks.js';
import { hostFolder } from './primitives.js';

const UNITS = { m: 60, h: 3600, d: 86_400 } as const;

/** Copies of the datastore that hosts make by themselves. */
export const backupOptions = z
  .strictObject({
    every: z
      .string()
      .regex(/^[1-9]\d{0,3}[mhd]$/, 'must be a time in minutes, hours or days, such as 30m, 6h or 1d')
      .refine((text) => secondsOf(text) >= 600, { error: 'must be at least 10m: each copy reads all of the data' })
      .optional()
      .describe(
        'Every control-plane host copies the data of the cluster so often into a file of its own (a systemd timer), which kinit datastore restore takes. Absent: none does.',
      )
      .meta(free),
    keep: z.int().min(1).max(1000).default(12).describe('So many copies stay on each host; older ones go.').meta(free),
    folder: hostFolder
      .regex(/^(?:\/[A-Za-z0-9._-]+){2,}$/, 'must be an absolute path of two parts or more, such as /var/backups/kinit')
      .default('/var/backups/kinit')
      .describe('Where they are, on each of these hosts: best on another disk than the data. They stay there at reset.')
      .meta(free),
    follower: z
      .enum(['litestream'])
      .optional()
      .describe(
        'A program that you run beside the server, and that copies what is written, as it is written, into a folder or a bucket: what it follows is left to it (docs/embedded.md). Absent: none does.',
      )
      .meta(free),
  })
  .prefault({})
  .describe('Copies of the datastore that the control-plane hosts make by themselves.');

/** @param every as the inventory has it: 30m */
function secondsOf(every: string): number {
  return Number(every.slice(0, -1)) * UNITS[every.slice(-1) as keyof typeof UNITS];
}
