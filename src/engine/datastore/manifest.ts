import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { KinitError } from '../../model/error.js';

/** What a backup says of itself: the first line of its file, as JSON. No secret. */
export const manifestSchema = z.object({
  /** Layout of the file: this line, then the copy, compressed by gzip. */
  kinitBackup: z.literal(1),
  /** Version of kinit that made it. */
  kinit: z.string(),
  /** Name in the inventory. */
  cluster: z.string(),
  /** SHA-256 of the cluster's CA certificate: whose backup it is. */
  ca: z.string(),
  /** Kubernetes version. */
  kubernetes: z.string(),
  datastore: z.string(),
  revision: z.number(),
  keys: z.number(),
  /** Of the copy, not compressed. */
  bytes: z.number(),
  sha256: z.string(),
  /** RFC 3339. */
  taken: z.string(),
});
export type BackupManifest = z.output<typeof manifestSchema>;

/** A backup's file as it is written: nothing of it is held longer than it takes. Throws what the copy throws. */
export async function* packBackup(
  manifest: BackupManifest,
  copy: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(manifest)}\n`);
  const gzip = createGzip();
  // A copy that breaks off ends the stream with its own error.
  pipeline(Readable.from(copy), gzip).catch(() => undefined);
  yield* gzip as AsyncIterable<Uint8Array>;
}

/** A backup that is whole. */
export interface Backup {
  readonly manifest: BackupManifest;
  /** Its copy (secret), from the beginning each time. */
  readonly copy: () => Readable;
}

/** The first line is some hundred bytes. */
const MOST_OF_LINE = 64 * 1024;

/** What a backup says of itself; undefined for a file that is none. The copy in it is not looked at. */
export async function backupIn(file: string): Promise<BackupManifest | undefined> {
  const head = await headOf(file);
  return manifestSchema.safeParse(jsonOf(head.subarray(0, Math.max(head.indexOf(10), 0)).toString('utf8'))).data;
}

/** Reads all of a backup once. @throws KinitError usage, for a file that is no whole backup */
export async function openBackup(file: string): Promise<Backup> {
  const head = await headOf(file);
  const end = head.indexOf(10);
  const manifest = manifestSchema.safeParse(jsonOf(head.subarray(0, Math.max(end, 0)).toString('utf8')));
  if (!manifest.success) throw broken(file, 'its first line is not that of a backup that this kinit knows');
  const copy = (): Readable => {
    const gunzip = createGunzip();
    pipeline(createReadStream(file, { start: end + 1 }), gunzip).catch(() => undefined);
    return gunzip;
  };
  const digest = createHash('sha256');
  try {
    for await (const chunk of copy() as AsyncIterable<Uint8Array>) digest.update(chunk);
  } catch (cause) {
    throw broken(file, `it is torn: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (digest.digest('hex') !== manifest.data.sha256)
    throw broken(file, 'its content is not what was backed up (SHA-256)');
  return { manifest: manifest.data, copy };
}

async function headOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MOST_OF_LINE), 0, MOST_OF_LINE, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new KinitError(`${file} cannot be read`, {
      class: 'access',
      found: cause instanceof Error ? cause.message : String(cause),
      hint: 'Name a file that kinit datastore backup wrote.',
      cause,
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(file: string, found: string): KinitError {
  return new KinitError(`${file} cannot be restored; nothing was changed`, {
    class: 'usage',
    found,
    hint: 'Take another copy of the file, or an older backup.',
  });
}
