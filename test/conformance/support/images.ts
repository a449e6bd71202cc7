import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianFiles } from '../../../src/artifacts/debian/packages.js';
import { ensureTools, MMDEBSTRAP } from '../../../src/artifacts/build/tools.js';
import { etcEntries, NGINX_PACKAGES, nginxEntries } from '../../../src/artifacts/images/files.js';
import { layerOrder } from '../../../src/artifacts/images/layers.js';
import { writeArchive, writeLayer, type ImageRecipe, type Layer } from '../../../src/artifacts/images/oci.js';
import type { TarEntry } from '../../../src/artifacts/images/tar.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { runLocal } from '../../../src/ssh/local.js';
import type { ProgramName, Programs } from './programs.js';

/** Alpine's tools, which upstream's images begin with, and those that they add: here Debian's. */
const PACKAGES = [
  ...['bash', 'bind9-dnsutils', 'busybox-static', 'ca-certificates', 'curl', 'iproute2', 'libc-bin', 'libc6'],
  ...['netcat-openbsd', 'util-linux'],
];

type Recipe = Pick<ImageRecipe, 'layers' | 'config'>;

export interface TestImages {
  /** An OCI archive with all of them. */
  readonly file: string;
  /** Names that the tests know an image by, and that are not in it. */
  readonly missing: readonly string[];
}

/**
 * The images that upstream's conformance tests start, by the names that they have there, made of the tests' own sources and of Debian's
 * packages: no registry is asked. Kept beside the programs.
 */
export async function testImages(programs: Programs): Promise<TestImages> {
  const { stdout } = await runLocal(programs.path('e2e.test'), ['--list-images'], { timeoutSeconds: 120 });
  const refs = [...new Set(stdout.split('\n').filter((line) => /^\S+\/\S+:\S+$/.test(line)))].sort();
  const missing = refs.filter((ref) => !(nameOf(ref) in RECIPES));
  const code = await readFile(new URL(import.meta.url));
  const file = join(programs.folder, `images-${sha256Hex(code).slice(0, 12)}.tar`);
  const there = await stat(file).catch(() => undefined);
  if (there === undefined) await makeArchive(programs, refs, file);
  return { file, missing };
}

/** 'agnhost' of registry.k8s.io/e2e-test-images/agnhost:2.63.0 */
function nameOf(ref: string): string {
  return /^registry\.k8s\.io\/(?:e2e-test-images\/)?(.+):[^:]+$/.exec(ref)?.[1] ?? ref;
}

interface Making {
  readonly programs: Programs;
  /** Each is made once, whatever it is in. */
  layer(name: string, entries: () => Promise<readonly TarEntry[]>): Promise<Layer>;
  readonly folder: string;
}

const RECIPES: Readonly<Record<string, (making: Making) => Promise<Recipe>>> = {
  agnhost: async (making) => ({
    layers: [await tools(making), await agnhost(making)],
    config: { entrypoint: ['/agnhost'], cmd: ['pause'] },
  }),
  // Two pages that the command line's tests ask for, served by agnhost.
  nautilus: async (making) => ({
    layers: [
      await tools(making),
      await agnhost(making),
      await making.layer('nautilus', () => Promise.resolve([text('data.json', '{"image": "nautilus.jpg"}\n')])),
    ],
    config: { entrypoint: ['/agnhost'], cmd: ['test-webserver'] },
  }),
  busybox: async (making) => ({ layers: [await busybox(making)], config: { entrypoint: [], cmd: ['sh'] } }),
  nonewprivs: async (making) => ({
    layers: [await program(making, 'nonewprivs', 'usr/local/bin/nnp', 0o6755)],
    config: { entrypoint: [], cmd: ['/usr/local/bin/nnp'] },
  }),
  'glibc-dns-testing': async (making) => ({ layers: [await tools(making)], config: { entrypoint: [], cmd: ['sh'] } }),
  nginx: async (making) => ({
    layers: [await making.layer('nginx', async () => nginxEntries(await unpack(making, NGINX_PACKAGES)))],
    config: { entrypoint: ['/usr/sbin/nginx'], cmd: ['-g', 'daemon off;'] },
  }),
  'sample-apiserver': async (making) => ({
    layers: [await program(making, 'sample-apiserver', 'sample-apiserver')],
    config: { entrypoint: ['/sample-apiserver'] },
  }),
  etcd: async (making) => ({
    layers: [await program(making, 'etcd', 'usr/local/bin/etcd')],
    config: { entrypoint: ['/usr/local/bin/etcd'] },
  }),
};

async function makeArchive(programs: Programs, refs: readonly string[], file: string): Promise<void> {
  const folder = await mkdtemp(join(programs.folder, 'images-'));
  try {
    await ensureTools([MMDEBSTRAP], { emit: () => undefined, signal: AbortSignal.timeout(600_000) });
    const layers = new Map<string, Promise<Layer>>();
    const layer: Making['layer'] = (name, entries) => {
      const made = layers.get(name) ?? entries().then((list) => writeLayer(join(folder, name), layerOrder(list)));
      layers.set(name, made);
      return made;
    };
    const images: ImageRecipe[] = [];
    for (const ref of refs) {
      const recipe = await RECIPES[nameOf(ref)]?.({ programs, layer, folder });
      // Two tags are two images, as they are upstream.
      if (recipe !== undefined)
        images.push({ refs: [ref], ...recipe, config: { ...recipe.config, labels: { 'kinit.test': ref } } });
    }
    await writeArchive(join(folder, 'archive'), programs.arch, images);
    await rename(join(folder, 'archive'), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Programs of Debian, and of busybox what those do not have. Its shell would take its own programs before all others: it is bash. */
function tools(making: Making): Promise<Layer> {
  return making.layer('tools', async () => {
    const { entries } = await unpack(making, PACKAGES);
    const own = [...entries, link('bin/sh', 'bash'), link('bin/nc', 'nc.openbsd')];
    const names = new Set(own.map(({ path }) => path.replace(/^.*\//, '')));
    const applets = (await appletsOf(making, entries)).filter(({ path }) => !names.has(path.replace(/^.*\//, '')));
    return [...own, ...applets, ...etc(entries)];
  });
}

/**
 * Debian's busybox as a shell drops variables with names such as some tests have; theirs is the first `sh` of the path, bash. Others want the words of
 * busybox's own from `/bin/sh`.
 */
function busybox(making: Making): Promise<Layer> {
  return making.layer('busybox', async () => {
    const { entries } = await unpack(making, ['bash-static', 'busybox-static']);
    const applets = await appletsOf(making, entries);
    return [...entries, ...applets, link('usr/local/bin/sh', '/bin/bash-static'), ...etc(entries)];
  });
}

/** A link for each name that this busybox knows. */
async function appletsOf({ folder }: Making, entries: readonly TarEntry[]): Promise<TarEntry[]> {
  const content = entries.find(({ path }) => path === 'bin/busybox')?.content;
  if (!(content instanceof Uint8Array)) throw new Error('no bin/busybox in the package of that name');
  const file = join(folder, 'busybox-program');
  await writeFile(file, content, { mode: 0o755 });
  const { stdout } = await runLocal(file, ['--list']);
  return stdout
    .split('\n')
    .filter((name) => name !== '' && name !== 'busybox')
    .map((name) => link(`bin/${name}`, 'busybox'));
}

/** The user and the group are those that upstream's image has for its tests. */
function etc(entries: readonly TarEntry[]): TarEntry[] {
  return etcEntries(entries).map((entry) => {
    const more = {
      'etc/passwd': 'user-defined-in-image:x:1000:1000::/home:/bin/sh\n',
      'etc/group': 'user-defined-in-image:x:1000:\ngroup-defined-in-image:x:50000:user-defined-in-image\n',
    }[entry.path];
    return more === undefined ? entry : text(entry.path, Buffer.from(entry.content as Uint8Array).toString() + more);
  });
}

function agnhost(making: Making): Promise<Layer> {
  return making.layer('agnhost', async () => {
    const porter = join(making.programs.sources, 'test', 'images', 'agnhost', 'porter');
    const files = await Promise.all(
      ['localhost.crt', 'localhost.key'].map(async (name) => text(name, await readFile(join(porter, name), 'utf8'))),
    );
    return [
      await programEntry(making, 'agnhost', 'agnhost'),
      link('agnhost-2', 'agnhost'),
      { path: 'uploads', type: 'directory', mode: 0o755 },
      ...files,
    ];
  });
}

function program(making: Making, name: ProgramName, path: string, mode = 0o755): Promise<Layer> {
  return making.layer(name, async () => [
    await programEntry(making, name, path, mode),
    { path: 'tmp', type: 'directory', mode: 0o1777 },
  ]);
}

async function programEntry({ programs }: Making, name: ProgramName, path: string, mode = 0o755): Promise<TarEntry> {
  const localFile = programs.path(name);
  return { path, type: 'file', mode, content: { localFile, size: (await stat(localFile)).size } };
}

async function unpack({ programs, folder }: Making, packages: readonly string[]): ReturnType<typeof debianFiles> {
  const into = await mkdtemp(join(folder, 'debian-'));
  await mkdir(into, { recursive: true });
  return debianFiles(packages, programs.arch, into, AbortSignal.timeout(600_000));
}

function link(path: string, target: string): TarEntry {
  return { path, type: 'symlink', mode: 0o777, target };
}

function text(path: string, content: string): TarEntry {
  return { path, type: 'file', mode: 0o644, content: Buffer.from(content) };
}
