import { controlPlaneOf } from '../control-plane/index.js';
import type { ArtifactSet } from '../model/artifact.js';
import { soakOf } from '../model/soak.js';
import type { LoadedInventory, Spec } from '../model/spec.js';
import type { KnownCluster } from './guard/cluster.js';

/** The inventory as a cluster that soaks has it: all but what is ahead has the version of before. */
export function withSoak(inventory: LoadedInventory, { moves }: Pick<KnownCluster, 'moves'>): LoadedInventory {
  const soak = soakOf(moves);
  return soak === undefined ? inventory : ofVersion(inventory, soak.from);
}

export function ofVersion(inventory: LoadedInventory, kubernetesVersion: string): LoadedInventory {
  return { ...inventory, spec: { ...inventory.spec, kubernetesVersion } };
}

/** The artifacts of the earlier version, with those of the later one that run meanwhile in their place. */
export function withAhead(spec: Spec, set: ArtifactSet, later: ArtifactSet): ArtifactSet {
  const names = controlPlaneOf(spec).soak.images;
  return {
    ...set,
    images: set.images.map((image) =>
      names.includes(image.name) ? (later.images.find(({ name }) => name === image.name) ?? image) : image,
    ),
    ahead: { kubernetesVersion: later.kubernetesVersion, images: names, binaries: later.binaries },
  };
}
