import type { ArtifactSet } from '../../model/artifact.js';
import { readLockFile } from '../official/lock-file.js';
import { allStored, readManifest, toArtifactSet } from './manifest.js';
import { openOnes } from '../foreseen.js';
import { officialAsStored } from '../official/official.js';
import type { ResolveOptions } from '../resolve.js';

/** What resolveArtifacts gives, where all of it is on this machine already; else undefined. Nothing is built, fetched or decided. */
export async function storedArtifacts(options: ResolveOptions): Promise<ArtifactSet | undefined> {
  const { kubernetesVersion, arch, inventoryDir } = options;
  const source = options.source === 'auto' ? (await readLockFile(inventoryDir)).source : options.source;
  if (source === 'official') {
    // A run that makes something tells what it cannot make; this only looks.
    const stored = await officialAsStored({ ...options, emit: () => undefined });
    return openOnes(stored).length === 0 ? stored : undefined;
  }
  if (source === undefined) return undefined;
  const manifest = await readManifest(kubernetesVersion, arch);
  if (manifest === undefined) return undefined;
  const set = toArtifactSet(manifest, options.supply.components);
  return (await allStored([...set.binaries, ...set.images.flatMap(({ archive }) => archive ?? [])])) ? set : undefined;
}
