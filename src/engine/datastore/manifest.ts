import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { KinitError } from '../../model/error.js';
import { sha256Hex } from '../../model/text/digest.js';

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

export function packBackup(manifest: BackupManifest, copy: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(manifest)}\n`), gzipSync(copy)]);
}

/** @throws KinitError usage, for a file that is no whole backup */
export function unpackBackup(file: string, content: Buffer): { manifest: BackupManifest; copy: Buffer } {
  const end = content.indexOf(10);
  const manifest = manifestSchema.safeParse(jsonOf(content.subarray(0, Math.max(end, 0)).toString('utf8')));
  if (!manifest.success) throw broken(file, 'its first line is not that of a backup that this kinit knows');
  let copy: Buffer;
  try {
    copy = gunzipSync(content.subarray(end + 1));
  } catch {
    throw broken(file, `it is torn: ${String(content.length)} bytes are there, and more were written`);
  }
  if (sha256Hex(copy) !== manifest.data.sha256) throw broken(file, 'its content is not what was backed up (SHA-256)');
  return { manifest: manifest.data, copy };
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
