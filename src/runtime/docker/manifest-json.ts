import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { readMembers } from '../../artifacts/images/read-tar.js';
import { entryBytes } from '../../artifacts/images/tar.js';
import type { ImageArtifact } from '../../model/artifact.js';

/** Bytes; what describes images is smaller, layers are larger. */
const LARGEST = 64 * 1024;

const indexSchema = z.object({
  manifests: z.array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()).default({}) })),
});
const manifestSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string() })),
});

/**
 * What `docker load` needs in front of an OCI archive: the tar entry manifest.json, Docker's own list of its images. Nothing
 * where the archive has one (those that earlier versions of kinit built have none).
 */
export async function manifestEntry({ localFile }: NonNullable<ImageArtifact['archive']>): Promise<Uint8Array> {
  const members = await readMembers([createReadStream(localFile)], ({ size = 0 }) => size <= LARGEST);
  if (members.has('manifest.json')) return new Uint8Array();
  const json = (path: string): unknown => JSON.parse(Buffer.from(members.get(path) ?? '').toString('utf8'));
  const references = new Map<string, string[]>();
  for (const { digest, annotations } of indexSchema.parse(json('index.json')).manifests) {
    const name = annotations['io.containerd.image.name'];
    if (name !== undefined) references.set(digest, [...(references.get(digest) ?? []), name]);
  }
  const images = [...references].map(([digest, names]) => {
    const { config, layers } = manifestSchema.parse(json(blob(digest)));
    return { Config: blob(config.digest), RepoTags: names, Layers: layers.map((layer) => blob(layer.digest)) };
  });
  const content = Buffer.from(JSON.stringify(images));
  const chunks: Uint8Array[] = [];
  for await (const chunk of entryBytes({ path: 'manifest.json', type: 'file', mode: 0o644, content }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

function blob(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
