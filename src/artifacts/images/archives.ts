import { join } from 'node:path';
import type { Arch, ImageArtifact } from '../../model/artifact.js';
import { DEBIAN_RELEASE, debianFiles, layerOrder, type DebianFiles } from '../build/debian.js';
import { BASE_PACKAGES, baseEntries, etcEntries, NGINX_PACKAGES, nginxEntries } from './files.js';
import type { BuiltArchive } from '../store/manifest.js';
import { writeArchive, writeLayer, type ImageRecipe, type Layer } from './oci.js';
import { storedFile } from '../store/paths.js';
import { imageRefs, NGINX_TAG } from '../refs.js';
import { digestText, keep, type Stored } from '../store/store.js';
import type { TarEntry } from './tar.js';

/** Raise it when the content or the config of an image changes by code alone. */
const RECIPE = 1;

/** What images are made from. */
export interface ImageInputs {
  readonly arch: Arch;
  readonly kubernetesVersion: string;
  /** Built programs by name. */
  readonly programs: Readonly<Record<string, Stored>>;
}

/** One archive: images that share layers and are imported together. */
export interface ArchiveRecipe {
  readonly name: string;
  /** Programs it needs; it is not made where one could not be built. */
  readonly programs: readonly string[];
  readonly origin: string;
  readonly make: (inputs: ImageInputs, tools: ArchiveTools) => Promise<readonly PlannedImage[]>;
}

/** Layers shared by several archives of one build are made once. */
export interface ArchiveTools {
  readonly folder: string;
  readonly debian: (packages: readonly string[]) => Promise<DebianFiles>;
  readonly layer: (name: string, entries: () => Promise<readonly TarEntry[]>) => Promise<Layer>;
}

type PlannedImage = ImageRecipe & Pick<ImageArtifact, 'name' | 'on'>;

const KUBE_PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'etcd',
  'kubelet',
  'kubectl',
  'kubeadm',
];
const debianOrigin = (packages: readonly string[]): string => `Debian ${DEBIAN_RELEASE}: ${packages.join(' ')}`;

export const ARCHIVES: readonly ArchiveRecipe[] = [
  {
    name: 'kube',
    programs: ['kube', 'pause'],
    origin: `components/kube, components/pause; ${debianOrigin(BASE_PACKAGES)}`,
    make: kubeImages,
  },
  {
    name: 'flannel',
    programs: ['flannel'],
    origin: `components/flannel; ${debianOrigin(BASE_PACKAGES)}`,
    make: async (inputs, tools) => {
      const layers = [await baseLayer(tools), await programLayer(inputs, tools, 'flannel', 'opt/bin/flanneld')];
      return [
        {
          name: 'flannel',
          on: 'all',
          refs: [refs(inputs).flannel],
          layers,
          config: { entrypoint: ['/opt/bin/flanneld'] },
        },
      ];
    },
  },
  {
    name: 'coredns',
    programs: ['coredns'],
    origin: `components/coredns; ${debianOrigin(['ca-certificates'])}`,
    make: async (inputs, tools) => {
      const etc = await tools.layer('etc', async () =>
        layerOrder(etcEntries((await tools.debian(BASE_PACKAGES)).entries)),
      );
      // The official image's user and file capability: port 53 without root.
      const layers = [
        etc,
        await programLayer(inputs, tools, 'coredns', 'coredns', { 'security.capability': netBindService() }),
      ];
      return [
        {
          name: 'coredns',
          on: 'all',
          refs: [refs(inputs).coredns],
          layers,
          config: { entrypoint: ['/coredns'], user: '65532:65532' },
        },
      ];
    },
  },
  {
    name: 'nginx',
    programs: [],
    origin: debianOrigin(NGINX_PACKAGES),
    make: async (inputs, tools) => {
      const debian = await tools.debian(NGINX_PACKAGES);
      const layer = await tools.layer('nginx', () => Promise.resolve(layerOrder(nginxEntries(debian))));
      const labels = { 'org.opencontainers.image.version': debian.versions['nginx'] ?? NGINX_TAG };
      return [
        {
          name: 'nginx',
          on: 'smoke-test',
          refs: [refs(inputs).nginx],
          layers: [layer],
          config: { entrypoint: ['/usr/sbin/nginx'], cmd: ['-g', 'daemon off;'], labels },
        },
      ];
    },
  },
];

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
  const tools: ArchiveTools = {
    folder,
    debian: (names) => once(packages, names.join(' '), () => debianFiles(names, inputs.arch, folder, signal)),
    layer: (name, entries) =>
      once(layers, name, async () => writeLayer(join(folder, `${name}.layer`), await entries())),
  };
  return async (recipe) => {
    const images = await recipe.make(inputs, tools);
    const file = join(folder, `${recipe.name}.tar`);
    const { digests } = await writeArchive(file, inputs.arch, images);
    const archive = await keep(file, 0o644);
    return {
      inputs: archiveInputs(recipe, inputs),
      origin: recipe.origin,
      archive,
      // Nobody serves these images: the kubelet's image garbage collection must leave them.
      images: images.map(({ name, refs: names, on }, i) => ({
        name,
        refs: [...names],
        on,
        digest: digests[i] ?? '',
        pinned: on !== 'smoke-test',
      })),
    };
  };
}

/** Digest of everything that decides an archive, except which day's Debian packages are in it. */
export function archiveInputs(recipe: ArchiveRecipe, inputs: ImageInputs): string {
  const programs = recipe.programs.map((name) => inputs.programs[name]?.sha256 ?? '');
  return digestText(
    JSON.stringify({ recipe: RECIPE, origin: recipe.origin, arch: inputs.arch, refs: refs(inputs), programs }),
  );
}

async function kubeImages(inputs: ImageInputs, tools: ArchiveTools): Promise<readonly PlannedImage[]> {
  const bin = 'usr/local/bin';
  const links = KUBE_PROGRAMS.map(
    (name): TarEntry => ({ path: `${bin}/${name}`, type: 'hardlink', mode: 0o755, target: `${bin}/kube` }),
  );
  const kube = await programLayer(inputs, tools, 'kube', `${bin}/kube`, undefined, links);
  const layers = [await baseLayer(tools), kube];
  const names = refs(inputs);
  const image = (name: string, ref: string, on: ImageArtifact['on']): PlannedImage => ({
    name,
    on,
    refs: [ref],
    layers,
    config: { entrypoint: [`/${bin}/${name}`] },
  });
  return [
    image('kube-apiserver', names.apiServer, 'control-plane'),
    image('kube-controller-manager', names.controllerManager, 'control-plane'),
    image('kube-scheduler', names.scheduler, 'control-plane'),
    image('etcd', names.etcd, 'control-plane'),
    image('kube-proxy', names.proxy, 'all'),
    {
      name: 'pause',
      on: 'all',
      refs: [names.pause],
      layers: [await programLayer(inputs, tools, 'pause', 'pause')],
      config: { entrypoint: ['/pause'], user: '65535:65535' },
    },
  ];
}

function baseLayer(tools: ArchiveTools): Promise<Layer> {
  return tools.layer('base', async () => layerOrder(baseEntries((await tools.debian(BASE_PACKAGES)).entries)));
}

function programLayer(
  inputs: ImageInputs,
  tools: ArchiveTools,
  name: string,
  path: string,
  xattrs?: TarEntry['xattrs'],
  more: readonly TarEntry[] = [],
): Promise<Layer> {
  const program = inputs.programs[name];
  if (program === undefined) throw new Error(`image made without its program ${name}`);
  const content = { localFile: storedFile(program.sha256), size: program.size };
  const entry: TarEntry = { path, type: 'file', mode: 0o755, content, ...(xattrs === undefined ? {} : { xattrs }) };
  return tools.layer(name, () => Promise.resolve(layerOrder([entry, ...more])));
}

function refs(inputs: ImageInputs): ReturnType<typeof imageRefs> {
  return imageRefs(inputs.kubernetesVersion);
}

/** struct vfs_cap_data, revision 2, effective: CAP_NET_BIND_SERVICE (10) permitted. */
function netBindService(): Uint8Array {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(0x02000001, 0);
  bytes.writeUInt32LE(1 << 10, 4);
  return bytes;
}
