import type { Arch } from '../model/artifact.js';
import { allManifests } from './manifest.js';
import { storedFile } from './paths.js';
import { isStored } from './store.js';

/** One row of `kinit artifacts list`. */
export interface ArtifactRow {
  readonly kubernetesVersion: string;
  readonly arch: Arch;
  readonly kind: 'binary' | 'image';
  readonly name: string;
  readonly version: string;
  /** Bytes; of an image: of the archive it is in. */
  readonly size: number;
  /** sha256:... of the file; of an image: of its manifest. */
  readonly digest: string;
  /** The Go module with its hash, or the packages, it was made from. */
  readonly origin: string;
  readonly file: string;
  /** False: the manifest names it, and the file is gone. */
  readonly present: boolean;
}

/** Everything the store's manifests name. */
export async function listArtifacts(): Promise<ArtifactRow[]> {
  const rows: ArtifactRow[] = [];
  for (const manifest of await allManifests()) {
    const common = { kubernetesVersion: manifest.kubernetesVersion, arch: manifest.arch };
    for (const { version, origin, programs } of Object.values(manifest.components)) {
      for (const { name, sha256, size } of programs) {
        rows.push({ ...common, kind: 'binary', name, version, size, digest: `sha256:${sha256}`, origin, file: storedFile(sha256), present: await isStored({ sha256, size }) });
      }
    }
    for (const { archive, origin, images } of Object.values(manifest.archives)) {
      const present = await isStored(archive);
      for (const { name, refs, digest } of images) {
        const version = refs[0]?.split(':').at(-1) ?? '';
        rows.push({ ...common, kind: 'image', name, version, size: archive.size, digest, origin, file: storedFile(archive.sha256), present });
      }
    }
  }
  return rows;
}
