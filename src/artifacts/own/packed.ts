import { createReadStream, createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { ARCHES, type Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { packedFolder } from '../store/paths.js';
import { digestFile, isStored, keep, withTemporaryFolder, type Stored } from '../store/store.js';
import { readOwnManifest, type OwnManifest } from './manifest.js';

/** kinit's own programs of one architecture as the package brings them; undefined in a checkout. */
export async function readPacked(arch: Arch): Promise<OwnManifest | undefined> {
  const manifest = await readOwnManifest(packedManifestFile(arch));
  if (manifest === undefined) return undefined;
  const programs = Object.values(manifest.components).flatMap((component) => component.programs);
  const there = await Promise.all(
    programs.map(({ name }) =>
      access(packedFile(name, arch)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return there.every(Boolean) ? manifest : undefined;
}

/** Those of every architecture. */
export async function allPacked(): Promise<OwnManifest[]> {
  return (await Promise.all(ARCHES.map(readPacked))).filter((manifest) => manifest !== undefined);
}

/** Brings the package's programs into the store. Throws 'artifact' where one is not the one that was packed. */
export async function unpackPrograms({ arch, components }: OwnManifest, signal: AbortSignal): Promise<void> {
  for (const { programs } of Object.values(components))
    for (const program of programs) if (!(await isStored(program))) await unpack(program, arch, signal);
}

async function unpack(program: Stored & { readonly name: string }, arch: Arch, signal: AbortSignal): Promise<void> {
  const file = packedFile(program.name, arch);
  await withTemporaryFolder(async (folder) => {
    const unpacked = join(folder, program.name);
    const found = await pipeline(createReadStream(file), createBrotliDecompress(), createWriteStream(unpacked), {
      signal,
    }).then(
      async () => `sha256 ${(await digestFile(unpacked)).sha256}`,
      (error: unknown) => {
        if (signal.aborted) throw new KinitError('unpacking was interrupted', { class: 'interrupted', cause: error });
        return error instanceof Error ? error.message : String(error);
      },
    );
    if (found !== `sha256 ${program.sha256}`)
      throw new KinitError(`${program.name} of this kinit package is damaged`, {
        class: 'artifact',
        tried: `unpack ${file}`,
        found: `${found}, where sha256 ${program.sha256} was packed`,
        hint: 'Install kinit again.',
      });
    await keep(unpacked, 0o755);
  });
}

export function packedManifestFile(arch: Arch): string {
  return join(packedFolder(), `linux-${arch}.json`);
}

export function packedFile(program: string, arch: Arch): string {
  return join(packedFolder(), `${program}-linux-${arch}.br`);
}
