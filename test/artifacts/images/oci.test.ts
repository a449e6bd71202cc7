import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeArchive, writeLayer } from '../../../src/artifacts/images/oci.js';
import { readTar } from '../../../src/artifacts/images/read-tar.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-oci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an archive holds a shared layer once, names each image, and every blob is what its name says', async () => {
  const base = await writeLayer(join(folder, 'base'), [
    { path: 'a', type: 'file', mode: 0o644, content: Buffer.from('a') },
  ]);
  const top = await writeLayer(join(folder, 'top'), [
    { path: 'b', type: 'file', mode: 0o755, content: Buffer.from('b') },
  ]);
  const file = join(folder, 'images.tar');
  const { digests } = await writeArchive(file, 'arm64', [
    { refs: ['r.example/one:1', 'r.example/uno:1'], layers: [base, top], config: { entrypoint: ['/b'] } },
    { refs: ['r.example/two:2'], layers: [base], config: { entrypoint: ['/a'], user: '65532:65532' } },
  ]);
  const members = new Map(
    (await readTar([createReadStream(file)])).map((entry) => [
      entry.path,
      Buffer.from(entry.content instanceof Uint8Array ? entry.content : []),
    ]),
  );
  const json = (path: string): unknown => JSON.parse(members.get(path)?.toString() ?? '');
  const blobs = [...members.keys()].filter((path) => /^blobs\/sha256\/./.test(path));
  expect(blobs).toHaveLength(2 + 2 + 2);
  for (const path of blobs)
    expect(
      createHash('sha256')
        .update(members.get(path) ?? '')
        .digest('hex'),
    ).toBe(path.slice(13));
  expect(json('index.json')).toMatchObject({
    manifests: [
      {
        digest: digests[0]?.digest,
        platform: { architecture: 'arm64' },
        annotations: { 'io.containerd.image.name': 'r.example/one:1' },
      },
      { digest: digests[0]?.digest, annotations: { 'io.containerd.image.name': 'r.example/uno:1' } },
      { digest: digests[1]?.digest, annotations: { 'io.containerd.image.name': 'r.example/two:2' } },
    ],
  });
  const manifest = json(`blobs/sha256/${digests[1]?.digest.slice(7) ?? ''}`) as {
    config: { digest: string };
    layers: unknown[];
  };
  expect(manifest.layers).toEqual([
    { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${base.sha256}`, size: base.size },
  ]);
  expect(json(`blobs/sha256/${manifest.config.digest.slice(7)}`)).toMatchObject({
    architecture: 'arm64',
    config: { User: '65532:65532', Entrypoint: ['/a'] },
    rootfs: { diff_ids: [`sha256:${base.sha256}`] },
  });
});
