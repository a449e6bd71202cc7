import type { ArtifactSet } from '../../model/artifact.js';
import { readLockFile } from '../official/lock-file.js';
import { allStored, readManifest, toArtifactSet } from './manifest.js';
import { bundledAsListed } from '../bundle/bundled.js';
import { openOnes } from '../foreseen.js';
import { officialAsStored } from '../official/official.js';
import type { ResolveOptions } from '../resolve.js';
import type { Stored } from './store.js';

/** What resolveArtifacts gives, where all of it is on this machine already; else undefined. Nothing is built, fetched or decided. */
export async function storedArtifacts(options: ResolveOptions): Promise<ArtifactSet | undefined> {
  const { kubernetesVersion, arch, inventoryDir } = options;
  if (options.source === 'bundle') {
    const set = await bundledAsListed(options);
    return (await allStored(filesOf(set))) ? set : undefined;
  }
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
  return (await allStored(filesOf(set))) ? set : undefined;
}

function filesOf({ binaries, images }: ArtifactSet): Stored[] {
  return [...binaries, ...images.flatMap(({ archive }) => archive ?? [])];
}
