import type { Arch, ArtifactSet, ImageArtifact, ImageRefs } from '../model/artifact.js';
import { KinitError } from '../model/error.js';
import { withDigest } from '../model/text/image-ref.js';
import type { Component } from './build/components.js';
import type { DebianFiles } from './debian/packages.js';
import type { ImageRecipe, Layer } from './images/oci.js';
import type { TarEntry } from './images/tar.js';
import { REGISTRIES, type Mirror, type Registries } from './mirror.js';
import type { OfficialFile } from './official/file.js';
import type { Stored } from './store/store.js';

/**
 * What one kind (a runtime, a network, a datastore, an add-on) needs on hosts, from every source. Kinds say it in their
 * own rooms; nothing in this room knows which kinds there are.
 */
export interface Supply {
  /** Go modules under components/ that a source build compiles. */
  readonly components?: readonly Component[];
  /** Files of official releases. */
  readonly files?: (kubernetesVersion: string, arch: Arch) => readonly OfficialFile[];
  readonly images?: readonly ImageSupply[];
  /** Why it has no official files, for people; absent or '': it has. Then it is built from source. */
  readonly unofficial?: string;
}

/** One image: what it is called, and how it is made where it is built from source. */
export interface ImageSupply {
  /** For example 'kube-apiserver'; its name in ImageRefs. */
  readonly name: string;
  readonly on: ImageArtifact['on'];
  /** Made of kinit's own programs: no registry has it, and this machine supplies it whatever the source of the others is (own/own.ts). */
  readonly own?: true;
  /** Made of others' programs, and no registry has it: only clusters whose artifacts are built can have it. */
  readonly builtOnly?: true;
  /** In an archive of its own that came later: the digests of others', which stores hold already, do not have it. */
  readonly apart?: true;
  /** Kept from the kubelet's garbage collection where hosts pull it; what is built from source always is. */
  readonly pinned?: true;
  /** Its full reference for one Kubernetes version (without v). */
  readonly ref: (kubernetesVersion: string, registries: Registries) => string;
  readonly build: ImageBuild;
}

/** How an image is made from built programs and Debian packages. */
export interface ImageBuild {
  /** Images of one archive share layers and are imported together. */
  readonly archive: string;
  /** Programs in it; the archive is not made where one could not be built. */
  readonly programs: readonly string[];
  /** Debian packages in it, for its origin. */
  readonly packages: readonly string[];
  readonly make: (tools: ImageTools) => Promise<Omit<ImageRecipe, 'refs'>>;
}

/** What images are made from. */
export interface ImageInputs {
  readonly arch: Arch;
  readonly kubernetesVersion: string;
  /** Built programs by name. */
  readonly programs: Readonly<Record<string, Stored>>;
  /** All there are. */
  readonly images: readonly ImageSupply[];
}

/** What is shared by several images of one build is made once. */
export interface ImageTools extends ImageInputs {
  /** The files of Debian packages and of what they depend on. */
  readonly unpack: (packages: readonly string[]) => Promise<DebianFiles>;
  readonly layer: (name: string, entries: () => Promise<readonly TarEntry[]>) => Promise<Layer>;
}

/** Several kinds' supplies as one, in their order: programs are built, and images listed, in it. */
export function combineSupplies(supplies: readonly Supply[]): Required<Supply> {
  return {
    components: once(
      supplies.flatMap(({ components }) => components ?? []),
      ({ name }) => name,
    ),
    files: (kubernetesVersion, arch) =>
      once(
        supplies.flatMap(({ files }) => files?.(kubernetesVersion, arch) ?? []),
        ({ url }) => url,
      ),
    images: supplies.flatMap(({ images }) => images ?? []),
    unofficial: supplies.flatMap(({ unofficial }) => unofficial ?? []).join('; '),
  };
}

/** Whether a registry has an image. */
export function isServed({ own, builtOnly }: ImageSupply): boolean {
  return own !== true && builtOnly !== true;
}

/** What is kinit's own in a supply: no origin has it. */
export function ownSupply({ components, images }: Required<Supply>): Required<Supply> {
  const own = images.filter((image) => image.own === true);
  const programs = new Set(own.flatMap(({ build }) => build.programs));
  return {
    components: components.filter((component) => component.programs.some(({ name }) => programs.has(name))),
    files: () => [],
    images: own,
    unofficial: '',
  };
}

/** Several kinds may need the same: it is there once. */
function once<T>(all: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

/**
 * References by image name. `mirror` changes the registry for hosts that pull; images built from source answer to the
 * official names only, so leave it out for them (or use imageRefsOf).
 */
export function imageRefs(
  images: readonly ImageSupply[],
  kubernetesVersion: string,
  mirror: Mirror = 'none',
): ImageRefs {
  const version = kubernetesVersion.replace(/^v/, '');
  return Object.fromEntries(images.map(({ name, ref }) => [name, ref(version, REGISTRIES[mirror])]));
}

/** What manifests call the images of this set: those that hosts pull, by digest, where it is known. */
export function imageRefsOf({ images }: Required<Supply>, set: ArtifactSet, mirror: Mirror = 'none'): ImageRefs {
  const registry = set.source === 'official' ? mirror : 'none';
  const { ahead } = set;
  const later = ahead === undefined ? [] : images.filter(({ name }) => ahead.images.includes(name));
  const refs = {
    ...imageRefs(images, set.kubernetesVersion, registry),
    ...imageRefs(later, ahead?.kubernetesVersion ?? set.kubernetesVersion, registry),
  };
  const pulled = new Map(set.images.map(({ name, archive, digest }) => [name, archive === undefined ? digest : '']));
  return Object.fromEntries(Object.entries(refs).map(([name, ref]) => [name, withDigest(ref, pulled.get(name) ?? '')]));
}

/**
 * What goes with a Kubernetes version, by its minor version: for example the tags that kubeadm of each expects
 * (cmd/kubeadm/app/constants: DefaultEtcdVersion, CoreDNSVersion, PauseVersion). Throws 'artifact' for one not known.
 */
export function byMinor<T>(kubernetesVersion: string, known: Readonly<Record<string, T>>): T {
  const found = known[kubernetesVersion.split('.').slice(0, 2).join('.')];
  if (found !== undefined) return found;
  throw new KinitError(`no image names are known for Kubernetes ${kubernetesVersion}`, {
    class: 'artifact',
    found: kubernetesVersion,
    hint: `Known: ${Object.keys(known).join(', ')}.`,
  });
}
