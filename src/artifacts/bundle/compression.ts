import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { constants, createBrotliCompress, createBrotliDecompress } from 'node:zlib';
import { localFilter, runLocal } from '../../ssh/local.js';
import type { Archive } from '../images/read-tar.js';

/**
 * Of `kube`, 163 MB: 37.9 MB at this quality, 35.5 at 9, which takes ten times as long; 46.5 by gzip. Programs of one language have much in
 * common, so the window is the largest that every decoder takes (RFC 7932).
 */
const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 };
/** First bytes of a file of xz (The .xz File Format, 2.1.1.1). */
const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
/** A window in which programs find what they have in common; two processors at it, for each takes some 700 MB of memory with that. */
const XZ = ['--compress', '--stdout', '--threads=2', '--lzma2=preset=6,dict=64MiB'];

const isXz = (file: string): boolean => /\.t?xz$/.test(file);

/** Throws 'usage' where this machine has no program for what the file's name asks for. */
export async function requireCompression(file: string): Promise<void> {
  if (isXz(file)) await runLocal('xz', ['--version']);
}

/** By the file's name: xz, which is smaller and slower by far, or brotli. */
export function compressFor(file: string): Duplex {
  return isXz(file) ? localFilter('xz', XZ) : createBrotliCompress({ params: BROTLI });
}

/** The tar file in a bundle, by what it begins with: a name may have been changed on its way. */
export async function bundledTar(file: string): Promise<Archive> {
  if (!(await beginsWith(file, XZ_MAGIC))) return [createReadStream(file), createBrotliDecompress()];
  await runLocal('xz', ['--version']);
  return [createReadStream(file), localFilter('xz', ['--decompress', '--stdout'])];
}

async function beginsWith(file: string, magic: Buffer): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return buffer.equals(magic);
  } finally {
    await handle.close();
  }
}
