import type { ImageArtifact } from '../../model/artifact.js';
import { defined } from '../../model/defined.js';
import { undoOf, type KindDescription, type Resource, type ResourceKind, type Step } from '../../model/resource.js';
import { byDigest } from '../../model/text/image-ref.js';
import { sh } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';
import { archivesOf, loadArchives } from './load.js';
import { pullImages } from './pull.js';

export interface ImagesResource extends Resource {
  readonly kind: 'images';
  /** Id of the runtime that keeps them. */
  readonly runtime: string;
  readonly images: readonly ImageArtifact[];
}

export interface ImageSeen {
  /** One image came by several where it was pulled from more than one place. */
  readonly digests: readonly string[];
  readonly pinned: boolean;
}

/** What the runtime has for the CRI, by full reference. */
export type ImagesSeen = ReadonlyMap<string, ImageSeen>;

/** Container images: streamed from this machine, or pulled by the host where there is no archive. Each runtime has its own. */
export function images(options: Pick<ImagesResource, 'runtime' | 'images'>): ImagesResource {
  return { kind: 'images', id: `images:${options.runtime}`, ...options };
}

/**
 * @param runtimeNamed the registry, by id
 * @param describe what the default runtime does with images
 */
export function imagesKind(
  runtimeNamed: (id: string) => ContainerRuntime,
  describe: KindDescription,
): ResourceKind<ImagesResource, ImagesSeen> {
  const storeOf = ({ runtime }: ImagesResource): ContainerRuntime['images'] => runtimeNamed(runtime).images;
  /** With the digests by which the runtime knows them. */
  const imagesOf = (r: ImagesResource): readonly ImageArtifact[] =>
    r.images.map((image) => asKnown(asKept(image), storeOf(r).knownBy));
  return {
    kind: 'images',
    describe,
    observe: (r) => sh(storeOf(r).list),
    parse: (_r, output) => parseList(output),
    diff: (r, seen) => {
      const wrong = wrongOf(imagesOf(r), seen);
      if (wrong.length === 0) return { changed: false, reason: `${String(r.images.length)} images are there` };
      const summary = `load images ${wrong.map(({ name }) => name).join(', ')}`;
      const none = wrong.length === r.images.length && seen.size === 0;
      const open = wrong.some(isOpen) ? '; digests not known yet: init builds them, or asks for them' : '';
      const reason = `${none ? 'none is there' : wrong.map((image) => reasonOf(image, seen)).join('; ')}${open}`;
      return { changed: true, change: { action: 'run', summary, reason } };
    },
    apply: (r, seen) => {
      const runtime = runtimeNamed(r.runtime);
      const wrong = wrongOf(imagesOf(r), seen);
      const toLoad = wrong.filter((image) => missingRefs(image, seen).length > 0);
      const archives = archivesOf(toLoad);
      const pulled = toLoad.filter(({ archive }) => archive === undefined);
      const load: Step = {
        do: 'call',
        title: 'stream image archives',
        run: (tools) => loadArchives(runtime, archives, tools),
        brings: archives,
      };
      const pull: Step = { do: 'call', title: 'pull images', run: (tools) => pullImages(runtime, pulled, tools) };
      return [
        ...(archives.length > 0 ? [load] : []),
        ...(pulled.length > 0 ? [pull] : []),
        { do: 'script', script: sh(runtime.images.name, { args: wrong.map(nameWords) }), silenceSeconds: 120 },
      ];
    },
    undo: undoOf({
      version: 1,
      record: (r: ImagesResource) => ({ save: sh(storeOf(r).save), data: { runtime: r.runtime } }),
      restore: ({ runtime }) => sh(runtimeNamed(runtime).images.restore),
      // The kubelet has more of them pulled, whether or not all of ours were there already.
      owns: () => true,
    }),
  };
}

/** Lines of 'REFERENCE DIGEST,... pinned' or 'REFERENCE DIGEST,... -'. */
function parseList(output: string): ImagesSeen {
  const seen = new Map<string, ImageSeen>();
  for (const line of output.split('\n')) {
    const [ref, digest, pinned] = line.split(' ');
    if (ref !== undefined && ref !== '' && digest !== undefined)
      seen.set(ref, { digests: digest.split(','), pinned: pinned === 'pinned' });
  }
  return seen;
}

/** What a host pulls by digest is kept under that name. */
function asKept(image: ImageArtifact): ImageArtifact {
  const { archive, digest, refs } = image;
  return archive === undefined ? { ...image, refs: refs.map((ref) => byDigest(ref, digest ?? '')) } : image;
}

/** An image whose digest is the one that the runtime tells of. */
function asKnown({ digest: manifest, ...image }: ImageArtifact, knownBy: 'manifest' | 'configuration'): ImageArtifact {
  return { ...image, ...defined({ digest: knownBy === 'manifest' ? manifest : image.id }) };
}

function wrongOf(images: readonly ImageArtifact[], seen: ImagesSeen): readonly ImageArtifact[] {
  return images.filter((image) => missingRefs(image, seen).length > 0 || isUnpinned(image, seen));
}

function missingRefs(image: ImageArtifact, seen: ImagesSeen): readonly string[] {
  return image.refs.filter((ref) => {
    const there = seen.get(ref);
    return (
      there === undefined ||
      isOpen(image) ||
      (image.archive !== undefined && image.digest !== undefined && !there.digests.includes(image.digest))
    );
  });
}

/** A plan names it before it is built, or its registry asked: whether what is there is the same is not known. */
function isOpen({ archive, digest }: ImageArtifact): boolean {
  return (archive?.sha256 ?? digest) === '';
}

function isUnpinned(image: ImageArtifact, seen: ImagesSeen): boolean {
  return image.pinned === true && image.refs.some((ref) => seen.get(ref)?.pinned === false);
}

function reasonOf(image: ImageArtifact, seen: ImagesSeen): string {
  const missing = missingRefs(image, seen);
  if (missing.length === 0) return `${image.name} is not pinned`;
  if (isOpen(image) && missing.every((ref) => seen.has(ref))) return `${image.name} is there, perhaps another one`;
  return missing.some((ref) => seen.has(ref)) ? `${image.name} has another digest` : `${image.name} is missing`;
}

/** One argument of ImageStore.name. What hosts pull has its digest in its name. */
function nameWords({ archive, digest, pinned, refs }: ImageArtifact): string {
  return [archive === undefined ? '-' : (digest ?? '-'), pinned === true ? 'pinned' : '-', ...refs].join(' ');
}
