import { join } from 'node:path';
import type { Arch } from '../../model/artifact.js';
import { defined } from '../../model/defined.js';
import type { Stored } from '../store/store.js';
import { writeTar, type TarEntry } from './tar.js';
import { sha256Hex } from '../../model/text/digest.js';

/** An uncompressed layer as a file: its digest is its diff id too. */
export interface Layer extends Stored {
  readonly localFile: string;
}

export interface ImageRecipe {
  readonly refs: readonly string[];
  readonly layers: readonly Layer[];
  readonly config: {
    readonly entrypoint: readonly string[];
    readonly cmd?: readonly string[];
    readonly user?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export interface ImageDigests {
  /** Of the manifest. */
  readonly digest: string;
  /** Of the configuration. */
  readonly id: string;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Layers are times 0 too: the same content is the same digest. */
const CREATED = '1970-01-01T00:00:00Z';

export async function writeLayer(file: string, entries: readonly TarEntry[]): Promise<Layer> {
  return { localFile: file, ...(await writeTar(file, entries)) };
}

/**
 * Writes images that share layers into one OCI archive (image-spec 1.0 image layout in a tar file) that `docker load` takes
 * too. Gives the digests of each image's manifest and configuration, in the order of the images.
 */
export async function writeArchive(
  file: string,
  arch: Arch,
  images: readonly ImageRecipe[],
): Promise<{ readonly archive: Stored; readonly digests: readonly ImageDigests[] }> {
  const blobs = new Map<string, TarEntry['content']>();
  const add = (value: unknown): { digest: string; size: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    const sha256 = sha256Hex(bytes);
    blobs.set(sha256, bytes);
    return { digest: `sha256:${sha256}`, size: bytes.length };
  };
  const descriptors: unknown[] = [];
  const digests: ImageDigests[] = [];
  const forDocker: unknown[] = [];
  for (const image of images) {
    for (const layer of image.layers) blobs.set(layer.sha256, layer);
    const config = add(imageConfig(arch, image));
    const manifest = add({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: image.layers.map((layer) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: `sha256:${layer.sha256}`,
        size: layer.size,
      })),
    });
    digests.push({ digest: manifest.digest, id: config.digest });
    forDocker.push({
      Config: blobPath(config.digest),
      RepoTags: image.refs,
      Layers: image.layers.map(({ sha256 }) => `blobs/sha256/${sha256}`),
    });
    for (const ref of image.refs) {
      const annotations = { 'io.containerd.image.name': ref, 'org.opencontainers.image.ref.name': ref };
      descriptors.push({
        mediaType: MANIFEST,
        ...manifest,
        platform: { os: 'linux', architecture: arch },
        annotations,
      });
    }
  }
  const text = (path: string, value: unknown): TarEntry => ({
    path,
    type: 'file',
    mode: 0o644,
    content: Buffer.from(JSON.stringify(value)),
  });
  const folder = (path: string): TarEntry => ({ path, type: 'directory', mode: 0o755 });
  const archive = await writeTar(file, [
    text('oci-layout', { imageLayoutVersion: '1.0.0' }),
    text('index.json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: descriptors,
    }),
    // Docker's own format, as `docker save` writes it beside the index.
    text('manifest.json', forDocker),
    folder('blobs'),
    folder(join('blobs', 'sha256')),
    ...[...blobs].map(
      ([sha256, content]): TarEntry => ({
        path: `blobs/sha256/${sha256}`,
        type: 'file',
        mode: 0o644,
        ...defined({ content }),
      }),
    ),
  ]);
  return { archive, digests };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function imageConfig(arch: Arch, { config, layers }: ImageRecipe): unknown {
  return {
    created: CREATED,
    architecture: arch,
    os: 'linux',
    config: {
      Env: [`PATH=${PATH}`],
      Entrypoint: config.entrypoint,
      ...defined({ Cmd: config.cmd, User: config.user, Labels: config.labels }),
      WorkingDir: '/',
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${layer.sha256}`) },
    history: layers.map(() => ({ created: CREATED, created_by: 'kinit artifacts build' })),
  };
}
