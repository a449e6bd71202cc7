import { join } from 'node:path';
import { SUITE } from '../debian/apt-sources.js';
import { debianFiles, type DebianFiles } from '../debian/packages.js';
import type { BuiltArchive, Manifest } from '../store/manifest.js';
import { sha256Hex } from '../../model/text/digest.js';
import { keep } from '../store/store.js';
import { imageRefs, type ImageInputs, type ImageSupply, type ImageTools, type Supply } from '../supply.js';
import { writeArchive, writeLayer, type Layer } from './oci.js';

/** Raise it when the content or the config of an image changes by code alone. */
const RECIPE = 1;

/** Images that share layers and are imported together. */
export interface ArchiveRecipe {
  readonly name: string;
  readonly images: readonly ImageSupply[];
  /** Programs it needs; it is not made where one could not be built. */
  readonly programs: readonly string[];
  readonly origin: string;
}

/** The archives that hold all images, in the order their first image comes. */
export function archivesOf(images: readonly ImageSupply[]): ArchiveRecipe[] {
  return unique(images.map(({ build }) => build.archive)).map((name) => {
    const own = images.filter(({ build }) => build.archive === name);
    const programs = unique(own.flatMap(({ build }) => build.programs));
    const packages = unique(own.flatMap(({ build }) => build.packages));
    const components = programs.map((program) => `components/${program}`).join(', ');
    const debian = `Debian ${SUITE}: ${packages.join(' ')}`;
    const origins = [...(components === '' ? [] : [components]), ...(packages.length === 0 ? [] : [debian])];
    return { name, images: own, programs, origin: origins.join('; ') };
  });
}

/** What the images of a supply are made from, where these components are built. */
export function imageInputs({ images }: Required<Supply>, { arch, kubernetesVersion, components }: Built): ImageInputs {
  const programs = Object.values(components).flatMap((component) => component.programs);
  return {
    arch,
    kubernetesVersion,
    programs: Object.fromEntries(programs.map(({ name, sha256, size }) => [name, { sha256, size }])),
    images,
  };
}

type Built = Pick<Manifest, 'arch' | 'kubernetesVersion' | 'components'>;

/** Makes the archives one build needs; layers and unpacked packages are shared between the calls. */
export function archiveMaker(
  inputs: ImageInputs,
  folder: string,
  signal: AbortSignal,
): (recipe: ArchiveRecipe) => Promise<BuiltArchive> {
  const layers = new Map<string, Promise<Layer>>();
  const packages = new Map<string, Promise<DebianFiles>>();
  const once = <T>(map: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> => {
    const made = map.get(key) ?? work();
    map.set(key, made);
    return made;
  };
  const tools: ImageTools = {
    ...inputs,
    unpack: (names) => once(packages, names.join(' '), () => debianFiles(names, inputs.arch, folder, signal)),
    layer: (name, entries) =>
      once(layers, name, async () => writeLayer(join(folder, `${name}.layer`), await entries())),
  };
  return async (recipe) => {
    const refs = imageRefs(recipe.images, inputs.kubernetesVersion);
    const planned = [];
    for (const { name, on, build } of recipe.images)
      planned.push({ name, on, refs: [refs[name] ?? name], ...(await build.make(tools)) });
    const file = join(folder, `${recipe.name}.tar`);
    const { digests } = await writeArchive(file, inputs.arch, planned);
    const archive = await keep(file, 0o644);
    return {
      inputs: archiveInputs(recipe, inputs),
      origin: recipe.origin,
      archive,
      images: planned.map(({ name, refs: names, on }, i) => ({
        name,
        refs: [...names],
        on,
        digest: digests[i]?.digest ?? '',
        id: digests[i]?.id ?? '',
        pinned: isPinned(on),
      })),
    };
  };
}

/** An archive as it is known before it is made: its digests are ''. */
export function unmadeArchive(recipe: ArchiveRecipe, kubernetesVersion: string): BuiltArchive {
  const refs = imageRefs(recipe.images, kubernetesVersion);
  return {
    inputs: '',
    origin: recipe.origin,
    archive: { sha256: '', size: 0 },
    images: recipe.images.map(({ name, on }) => ({
      name,
      refs: [refs[name] ?? name],
      on,
      digest: '',
      pinned: isPinned(on),
    })),
  };
}

/** Nobody serves these images: the kubelet's image garbage collection must leave them. */
function isPinned(on: ImageSupply['on']): boolean {
  return on !== 'smoke-test';
}

/** Digest of everything that decides an archive, except which day's Debian packages are in it. */
export function archiveInputs(recipe: ArchiveRecipe, inputs: ImageInputs): string {
  const programs = recipe.programs.map((name) => inputs.programs[name]?.sha256 ?? '');
  // What is in an archive of its own changes no other.
  const concerned = inputs.images.filter(
    ({ own, apart, build }) => (own !== true && apart !== true) || build.archive === recipe.name,
  );
  const refs = Object.fromEntries(
    Object.entries(imageRefs(concerned, inputs.kubernetesVersion)).map(([name, ref]) => [DIGESTED[name] ?? name, ref]),
  );
  return sha256Hex(JSON.stringify({ recipe: RECIPE, origin: recipe.origin, arch: inputs.arch, refs, programs }));
}

/** Names under which digests that stores hold already have had these images: other ones would make all archives anew. */
const DIGESTED: Readonly<Record<string, string>> = {
  'kube-apiserver': 'apiServer',
  'kube-controller-manager': 'controllerManager',
  'kube-scheduler': 'scheduler',
  'kube-proxy': 'proxy',
};

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
