import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { tarBytes } from '../../../../src/artifacts/images/tar.js';
import type { OfficialFile } from '../../../../src/artifacts/official/file.js';
import { digestFile } from '../../../../src/artifacts/store/store.js';
import type { BinaryArtifact } from '../../../../src/model/artifact.js';
import { sha256Hex } from '../../../../src/model/text/digest.js';

/** What an origin has at a path: a file of this machine, or a text. */
export type Content = { readonly localFile: string; readonly size: number } | { readonly text: string };

/** Kubernetes' programs are names of one when built here: it travels once, and the other files start it under their names. */
const starter = (name: string, path: string): string => `#!/bin/bash\nexec -a ${name} ${path} "$@"\n`;

/**
 * Files of official releases with built programs in them, and their checksum files, by host and path.
 * @param folder for the archives
 */
export async function officialFiles(
  folder: string,
  catalogue: readonly OfficialFile[],
  built: readonly BinaryArtifact[],
): Promise<ReadonlyMap<string, Content>> {
  const files = new Map<string, Content>();
  const whole = new Map<string, string>();
  const place = (url: string): string => url.replace('https://', '');
  for (const [i, file] of catalogue.entries()) {
    const name = file.url.slice(file.url.lastIndexOf('/') + 1);
    const [only] = file.programs;
    const shared =
      only?.member === undefined ? whole.get(programFor(only?.installPath ?? '', built).localFile) : undefined;
    if (shared !== undefined) {
      const text = starter(name, shared);
      files.set(place(file.url), { text });
      files.set(place(file.checksumUrl), { text: `${sha256Hex(text)}  ${name}\n` });
      continue;
    }
    const { localFile, size, sha256 } = await content(file, built, join(folder, `${String(i)}-${name}`), whole);
    if (only?.member === undefined) whole.set(localFile, only?.installPath ?? '');
    files.set(place(file.url), { localFile, size });
    files.set(place(file.checksumUrl), { text: `${sha256}  ${name}\n` });
  }
  return files;
}

async function content(
  { programs }: OfficialFile,
  built: readonly BinaryArtifact[],
  archive: string,
  whole: ReadonlyMap<string, string>,
): Promise<{ readonly localFile: string; readonly size: number; readonly sha256: string }> {
  const [only] = programs;
  if (only !== undefined && only.member === undefined) return programFor(only.installPath, built);
  const members = programs.map(({ member = '', installPath }) => {
    const { localFile, size } = programFor(installPath, built);
    const shared = whole.get(localFile);
    if (shared !== undefined) {
      const text = starter(installPath.slice(installPath.lastIndexOf('/') + 1), shared);
      return { path: member, type: 'file' as const, mode: 0o755, content: Buffer.from(text) };
    }
    return { path: member, type: 'file' as const, mode: 0o755, content: { localFile, size } };
  });
  await pipeline(Readable.from(tarBytes(members)), createGzip({ level: 1 }), createWriteStream(archive));
  return { localFile: archive, ...(await digestFile(archive)) };
}

function programFor(path: string, built: readonly BinaryArtifact[]): BinaryArtifact {
  const found = built.find(({ installPath, links }) => installPath === path || links.includes(path));
  if (found === undefined) throw new Error(`nothing that was built goes to ${path}`);
  return found;
}
