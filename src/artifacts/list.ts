import type { Arch } from '../model/artifact.js';
import { allOwnManifests } from './own/manifest.js';
import { allPacked, packedFile } from './own/packed.js';
import { allManifests, storedFiles, type Manifest } from './store/manifest.js';
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

/** Everything the store has, built here and fetched from official origins, and what came with the package. */
export async function listArtifacts(): Promise<ArtifactRow[]> {
  return [...(await builtHere()), ...(await fetched()), ...(await own()), ...(await kernel())];
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
  const manifests = await allManifests();
  const rows = manifests.map((manifest) => rowsOf(manifest, { kubernetesVersion: manifest.kubernetesVersion }));
  return (await Promise.all(rows)).flat();
}

/** kinit's own programs: those made into images here, and those that lie in the package until they are. */
async function own(): Promise<ArtifactRow[]> {
  const made = (await Promise.all((await allOwnManifests()).map((manifest) => rowsOf(manifest, {})))).flat();
  const packed = (await allPacked()).flatMap(({ arch, components }) =>
    programRows({ arch, components }).map((row) => ({ ...row, file: packedFile(row.name, arch), present: true })),
  );
  return [...made, ...packed.filter(({ digest }) => !made.some((row) => row.digest === digest))];
}

async function rowsOf(
  manifest: Pick<Manifest, 'arch' | 'components' | 'archives'>,
  common: Pick<ArtifactRow, 'kubernetesVersion'>,
): Promise<ArtifactRow[]> {
  const files = new Map(storedFiles(manifest).map((file) => [storedFile(file.sha256), file]));
  const rows = [...programRows(manifest), ...imageRows(manifest)].map(async (row) => {
    const file = files.get(row.file);
    return { ...common, ...row, present: file !== undefined && (await isStored(file)) };
  });
  return Promise.all(rows);
}

type Row = Omit<ArtifactRow, 'present' | 'kubernetesVersion'>;

function programRows({ arch, components }: Pick<Manifest, 'arch' | 'components'>): Row[] {
  return Object.values(components).flatMap(({ version, origin, programs }) =>
    programs.map(({ name, sha256, size }) => ({
      arch,
      kind: 'binary',
      name,
      version,
      size,
      digest: `sha256:${sha256}`,
      origin,
      file: storedFile(sha256),
    })),
  );
}

function imageRows({ arch, archives }: Pick<Manifest, 'arch' | 'archives'>): Row[] {
  return Object.values(archives).flatMap(({ archive, origin, images }) =>
    images.map(({ name, refs, digest }) => ({
      arch,
      kind: 'image',
      name,
      version: refs[0]?.split(':').at(-1) ?? '',
      size: archive.size,
      digest,
      origin,
      file: storedFile(archive.sha256),
    })),
  );
}
