import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ARCHES, type Arch, type ArtifactSet, type ImageArtifact } from '../../model/artifact.js';
import type { Component } from '../build/components.js';
import { defined } from '../../model/defined.js';
import { manifestFile, storedFile, storeFolder } from './paths.js';
import { isStored, readJson, writeJson, type Stored } from './store.js';

const fileSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number() });
export const componentSchema = z.object({
  /** Digest of everything that decides the result: module files, sources, flags, Go version. */
  inputs: z.string(),
  version: z.string(),
  origin: z.string(),
  programs: z.array(fileSchema.extend({ name: z.string() })),
});
const imageSchema = z.object({
  name: z.string(),
  refs: z.array(z.string()),
  digest: z.string(),
  id: z.string().optional(),
  on: z.enum(['all', 'control-plane', 'smoke-test']),
  pinned: z.boolean(),
});
export const archiveSchema = z.object({
  inputs: z.string(),
  origin: z.string(),
  archive: fileSchema,
  images: z.array(imageSchema),
});

const manifestSchema = z.object({
  schema: z.literal(1),
  kubernetesVersion: z.string(),
  arch: z.enum(ARCHES),
  goVersion: z.string(),
  components: z.record(z.string(), componentSchema),
  archives: z.record(z.string(), archiveSchema),
  /** What could not be built for this architecture on this machine, and why. */
  missing: z.array(z.object({ name: z.string(), reason: z.string() })),
});

/** What one source build made, by architecture and Kubernetes version. */
export type Manifest = z.output<typeof manifestSchema>;
export type BuiltComponent = z.output<typeof componentSchema>;
export type BuiltArchive = z.output<typeof archiveSchema>;

/** undefined where there is none, or one of another kinit version's layout (it is then built anew). */
export async function readManifest(kubernetesVersion: string, arch: Arch): Promise<Manifest | undefined> {
  return parse(await readJson(manifestFile(kubernetesVersion, arch)).catch(() => undefined));
}

export async function writeManifest(manifest: Manifest): Promise<void> {
  await writeJson(manifestFile(manifest.kubernetesVersion, manifest.arch), manifest);
}

export async function allManifests(): Promise<Manifest[]> {
  const folder = join(storeFolder(), 'manifests');
  const names = await readdir(folder).catch(() => []);
  const found: Manifest[] = [];
  for (const name of names.filter((n) => n.startsWith('source-') && n.endsWith('.json')).sort()) {
    const manifest = parse(await readJson(join(folder, name)).catch(() => undefined));
    if (manifest !== undefined) found.push(manifest);
  }
  return found;
}

/** Removes the manifests of all other Kubernetes versions: nothing can be built from them, and no cluster be made. */
export async function removeManifestsExcept(versions: readonly string[]): Promise<void> {
  for (const manifest of await allManifests())
    if (!versions.includes(manifest.kubernetesVersion))
      await rm(manifestFile(manifest.kubernetesVersion, manifest.arch), { force: true });
}

/** @param components whose programs hosts get, in the order they get them */
export function toArtifactSet(
  manifest: Pick<Manifest, 'arch' | 'kubernetesVersion' | 'components' | 'archives'>,
  components: readonly Component[],
): ArtifactSet {
  return {
    arch: manifest.arch,
    source: 'source',
    kubernetesVersion: manifest.kubernetesVersion,
    binaries: components
      .flatMap((component) => component.programs)
      .flatMap(({ name, install }) => {
        if (install === undefined) return [];
        return Object.values(manifest.components).flatMap(({ version, programs }) =>
          programs
            .filter((program) => program.name === name)
            .map((program) => ({ ...program, ...install, version, localFile: storedFile(program.sha256) })),
        );
      }),
    images: imagesIn(manifest.archives),
  };
}

/** The images of archives; one that is not made yet (unmadeArchive) has no file and its images no digest. */
export function imagesIn(archives: Manifest['archives']): ImageArtifact[] {
  return Object.values(archives).flatMap(({ archive, images }) =>
    images.map(({ id, digest, ...image }) => ({
      ...image,
      ...defined({ id, digest: digest === '' ? undefined : digest }),
      archive: { ...archive, localFile: archive.sha256 === '' ? '' : storedFile(archive.sha256) },
    })),
  );
}

/** All files a manifest names. */
export function storedFiles({
  components,
  archives,
}: Pick<Manifest, 'components' | 'archives'>): (Stored & { readonly name: string })[] {
  return [
    ...Object.values(components).flatMap(({ programs }) => programs),
    ...Object.entries(archives).map(([name, { archive }]) => ({ name: `the ${name} image`, ...archive })),
  ];
}

/** Whether every file of these is in the store. */
export async function allStored(
  files: readonly { readonly sha256: string; readonly size: number }[],
): Promise<boolean> {
  return (await Promise.all(files.map(isStored))).every(Boolean);
}

function parse(value: unknown): Manifest | undefined {
  const result = manifestSchema.safeParse(value);
  return result.success ? result.data : undefined;
}
