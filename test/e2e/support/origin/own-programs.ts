import { copyFile, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { allOwnManifests } from '../../../../src/artifacts/own/manifest.js';
import { ownManifestFile, storedFile, storeFolder } from '../../../../src/artifacts/store/paths.js';

/** Puts what is built already of kinit's own programs, which come with every source, into another store. */
export async function takeOwnPrograms(store: string): Promise<void> {
  const copy = (file: string): Promise<void> => copyFile(file, join(store, relative(storeFolder(), file)));
  for (const folder of ['manifests', 'sha256']) await mkdir(join(store, folder), { recursive: true });
  for (const { arch, components, archives } of await allOwnManifests()) {
    await copy(ownManifestFile(arch));
    const files = [
      ...Object.values(components).flatMap(({ programs }) => programs),
      ...Object.values(archives).map(({ archive }) => archive),
    ];
    for (const { sha256 } of files) await copy(storedFile(sha256));
  }
}
