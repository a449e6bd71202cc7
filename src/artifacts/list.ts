import type { Arch } from '../model/artifact.js';
import { allManifests } from './store/manifest.js';
import { readKernelManifest } from './kernel/manifest.js';
import { allUnpacked } from './official/unpacked.js';
import { storedFile } from './store/paths.js';
import { isStored } from './store/store.js';

/** One row of `kinit artifacts list`. */
export interface ArtifactRow {
  /** Absent for what goes with many versions. */
  readonly kubernetesVersion?: string;
  readonly arch: Arch;
  readonly kind: 'binary' | 'image' | 'kernel';
  readonly name: string;
  readonly version: string;
  /** Bytes; of an image: of the archive it is in. */
  readonly size: number;
  /** sha256:... of the file; of an image: of its manifest. */
  readonly digest: string;
  /** The Go module with its hash, or the packages, it was made from; or the URL it came from. */
  readonly origin: string;
  readonly file: string;
  /** False: the manifest names it, and the file is gone. */
  readonly present: boolean;
}

/** Everything the store has: built here, and fetched from official origins. */
export async function listArtifacts(): Promise<ArtifactRow[]> {
  return [...(await builtHere()), ...(await fetched()), ...(await kernel())];
}

/** What test hosts with kernels of their own run. */
async function kernel(): Promise<ArtifactRow[]> {
  const manifest = await readKernelManifest();
  if (manifest === undefined) return [];
  const { version, origin, linux, modules } = manifest;
  const files = { 'uml-kernel': linux, 'uml-kernel-modules': modules };
  const rows = Object.entries(files).map(
    async ([name, stored]): Promise<ArtifactRow> => ({
      arch: 'amd64',
      kind: 'kernel',
      name,
      version,
      size: stored.size,
      digest: `sha256:${stored.sha256}`,
      origin,
      file: storedFile(stored.sha256),
      present: await isStored(stored),
    }),
  );
  return Promise.all(rows);
}

async function fetched(): Promise<ArtifactRow[]> {
  const rows = (await allUnpacked()).flatMap(({ url, version = 'unknown', programs }) =>
    Object.entries(programs).map(
      async ([name, stored]): Promise<ArtifactRow> => ({
        arch: /\barm64\b/.test(url) ? 'arm64' : 'amd64',
        kind: 'binary',
        name,
        version,
        size: stored.size,
        digest: `sha256:${stored.sha256}`,
        origin: url,
        file: storedFile(stored.sha256),
        present: await isStored(stored),
      }),
    ),
  );
  return Promise.all(rows);
}

async function builtHere(): Promise<ArtifactRow[]> {
  const rows: ArtifactRow[] = [];
  for (const manifest of await allManifests()) {
    const common = { kubernetesVersion: manifest.kubernetesVersion, arch: manifest.arch };
    for (const { version, origin, programs } of Object.values(manifest.components)) {
      for (const { name, sha256, size } of programs) {
        rows.push({
          ...common,
          kind: 'binary',
          name,
          version,
          size,
          digest: `sha256:${sha256}`,
          origin,
          file: storedFile(sha256),
          present: await isStored({ sha256, size }),
        });
      }
    }
    for (const { archive, origin, images } of Object.values(manifest.archives)) {
      const present = await isStored(archive);
      for (const { name, refs, digest } of images) {
        const version = refs[0]?.split(':').at(-1) ?? '';
        rows.push({
          ...common,
          kind: 'image',
          name,
          version,
          size: archive.size,
          digest,
          origin,
          file: storedFile(archive.sha256),
          present,
        });
      }
    }
  }
  return rows;
}
