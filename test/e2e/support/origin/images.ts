import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ImageArtifact } from '../../../../src/model/artifact.js';
import { parseImageRef } from '../../../../src/model/text/image-ref.js';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const BLOCK = 512;

/** One blob: a part of an archive, or bytes made here. */
type Blob = { readonly file: string; readonly start: number; readonly size: number } | { readonly bytes: Buffer };

/** What registries have: blobs by digest, and what names lead to. */
export interface RegistryContent {
  /** Digest of an index, by full name: 'registry.k8s.io/pause:3.10.2'. */
  readonly names: Map<string, string>;
  readonly blobs: ReadonlyMap<string, Blob>;
  readonly typeOf: (digest: string) => string;
}

/** Images of built archives; each name leads to an index, as on the official registries. */
export async function registryContent(
  images: readonly ImageArtifact[],
  namesOf: (image: ImageArtifact) => readonly string[],
): Promise<RegistryContent> {
  const blobs = new Map<string, Blob>();
  const indexes = new Set<string>();
  const names = new Map<string, string>();
  const archives = new Set(images.flatMap(({ archive }) => archive?.localFile ?? []));
  for (const file of archives) for (const [digest, blob] of await blobsOf(file)) blobs.set(digest, blob);
  const manifests = new Set(images.map(({ digest = '' }) => digest));
  for (const image of images) {
    const { digest = '' } = image;
    const blob = blobs.get(digest);
    if (blob === undefined || 'bytes' in blob) throw new Error(`no manifest of ${image.name}`);
    const platform = { os: 'linux', architecture: 'amd64' };
    const index = {
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [{ mediaType: MANIFEST, digest, size: blob.size, platform }],
    };
    const bytes = Buffer.from(JSON.stringify(index));
    const key = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    blobs.set(key, { bytes });
    indexes.add(key);
    for (const name of namesOf(image)) {
      const { registry, repository, tag = '' } = parseImageRef(name);
      names.set(`${registry}/${repository}:${tag}`, key);
    }
  }
  return {
    names,
    blobs,
    typeOf: (digest) => (indexes.has(digest) ? INDEX : manifests.has(digest) ? MANIFEST : 'application/octet-stream'),
  };
}

export function sizeOf(blob: Blob): number {
  return 'bytes' in blob ? blob.bytes.length : blob.size;
}

/** Bytes of a blob, from one of them on. */
export function streamOf(blob: Exclude<Blob, { bytes: Buffer }>): Readable {
  return createReadStream(blob.file, { start: blob.start, end: blob.start + blob.size - 1 });
}

/** Where the blobs of an OCI archive lie in it. */
async function blobsOf(file: string): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>();
  const handle = await open(file);
  try {
    const header = Buffer.alloc(BLOCK);
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(header, 0, BLOCK, at);
      if (bytesRead < BLOCK || header[0] === 0) return found;
      const name = header.toString('latin1', 0, 100).replace(/\0.*$/s, '');
      const size = parseInt(header.toString('latin1', 124, 136), 8);
      const digest = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
      if (digest !== undefined) found.set(`sha256:${digest}`, { file, start: at + BLOCK, size });
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
  } finally {
    await handle.close();
  }
}
