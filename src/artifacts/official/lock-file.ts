import { join } from 'node:path';
import { z } from 'zod';
import { KinitError } from '../../model/error.js';
import { readJson, writeJson } from '../store/store.js';

export const LOCK_FILE = 'kinit.lock.json';

const lockSchema = z.strictObject({
  version: z.literal(1),
  /** What `artifacts.source: auto` was decided to be, so that a later run does not change a cluster's programs because a network came or went. */
  source: z.enum(['official', 'source']).optional(),
  /** By official URL. */
  files: z.record(z.string(), z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), checksumFrom: z.string() })),
  /** Digests of images, by official name. Absent before the first was asked for, and in files of earlier kinits. */
  images: z
    .record(z.string(), z.strictObject({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), digestFrom: z.string() }))
    .optional(),
});

/** What was found at first use; binding from then on. */
export type LockFile = z.output<typeof lockSchema>;

/** An empty one where the file does not exist. Throws 'artifact' where it is not a lock file: it is never overwritten then. */
export async function readLockFile(inventoryDir: string): Promise<LockFile> {
  const file = join(inventoryDir, LOCK_FILE);
  const broken = (found: string): KinitError =>
    new KinitError(`${file} is not a lock file of this kinit`, {
      class: 'artifact',
      found,
      hint: 'Get it back from version control, or remove it to accept what the origins publish now.',
    });
  let value: unknown;
  try {
    value = await readJson(file);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error));
  }
  if (value === undefined) return { version: 1, files: {} };
  const result = lockSchema.safeParse(value);
  if (!result.success) throw broken(z.prettifyError(result.error));
  return result.data;
}

/** Writes it with sorted keys, so that two operators' files compare well. */
export async function writeLockFile(inventoryDir: string, lock: LockFile): Promise<void> {
  const { files, images } = lock;
  await writeJson(join(inventoryDir, LOCK_FILE), {
    ...lock,
    files: sorted(files),
    ...(images === undefined ? {} : { images: sorted(images) }),
  });
}

function sorted<T>(entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
