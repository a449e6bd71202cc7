import type { ArtifactSet, BinaryArtifact, ImageArtifact } from '../model/artifact.js';
import { foreseenBuild } from './build/foreseen.js';
import { bundledAsListed } from './bundle/bundled.js';
import { officialAsStored } from './official/official.js';
import { assertBuildable, sourceOf, type ResolveOptions } from './resolve.js';

/**
 * What resolveArtifacts would give, by name and version: nothing is built, fetched or written. What this machine has already
 * is there with its digest; of the rest the digest is '' and the size 0 (isOpen).
 */
export async function foreseeArtifacts(options: ResolveOptions): Promise<ArtifactSet> {
  if (options.source === 'bundle') return bundledAsListed(options);
  const { source } = await sourceOf(options);
  if (source === 'official') return officialAsStored(options);
  await assertBuildable(options);
  return foreseenBuild(options.supply, options.arch, options.kubernetesVersion);
}

/** Whether the digest of a program or image is not known before it is built or fetched, or its registry asked. */
export function isOpen(artifact: BinaryArtifact | ImageArtifact): boolean {
  if ('sha256' in artifact) return artifact.sha256 === '';
  return (artifact.archive?.sha256 ?? artifact.digest) === '';
}

/** Names of what is not known yet, as a plan keeps them: programs and images may have the same. */
export function openOnes({ binaries, images }: ArtifactSet): string[] {
  return [...binaries.filter(isOpen).map(programId), ...images.filter(isOpen).map(imageId)];
}

/** The same set with the digests of these (openOnes) left open: as it was when they were not known. */
export function asForeseen(set: ArtifactSet, open: readonly string[], digest = ''): ArtifactSet {
  const names = new Set(open);
  if (names.size === 0) return set;
  const nothing = { localFile: '', size: 0, sha256: digest };
  return {
    ...set,
    binaries: set.binaries.map((program) => {
      if (!names.has(programId(program))) return program;
      const { download } = program;
      return {
        ...program,
        ...nothing,
        ...(download === undefined ? {} : { download: { ...download, sha256: digest } }),
      };
    }),
    images: set.images.map((image) => {
      if (!names.has(imageId(image))) return image;
      if (image.archive === undefined) return { ...image, digest };
      const { digest: _digest, id: _id, archive: _archive, ...rest } = image;
      return { ...rest, archive: nothing };
    }),
  };
}

const programId = ({ name }: BinaryArtifact): string => `program ${name}`;
const imageId = ({ name }: ImageArtifact): string => `image ${name}`;
