import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeTar, type TarEntry } from '../../../src/artifacts/images/tar.js';
import { manifestEntry } from '../../../src/runtime/docker/manifest-json.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-manifest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (path: string, value: unknown): TarEntry => ({
  path,
  type: 'file',
  mode: 0o644,
  content: Buffer.from(JSON.stringify(value)),
});
const named = (digest: string, name: string): object => ({
  digest,
  annotations: { 'io.containerd.image.name': name },
});
/** Two images that share a layer; one has two references. */
const LAYOUT: TarEntry[] = [
  file('index.json', { manifests: [named('sha256:m1', 'a:1'), named('sha256:m1', 'b:1'), named('sha256:m2', 'c:1')] }),
  file('blobs/sha256/m1', { config: { digest: 'sha256:c1' }, layers: [{ digest: 'sha256:l1' }] }),
  file('blobs/sha256/m2', {
    config: { digest: 'sha256:c2' },
    layers: [{ digest: 'sha256:l1' }, { digest: 'sha256:l2' }],
  }),
];
const LIST = [
  { Config: 'blobs/sha256/c1', RepoTags: ['a:1', 'b:1'], Layers: ['blobs/sha256/l1'] },
  { Config: 'blobs/sha256/c2', RepoTags: ['c:1'], Layers: ['blobs/sha256/l1', 'blobs/sha256/l2'] },
];

test('an archive without one gets it in front, as one tar file', async () => {
  const path = join(folder, 'old.tar');
  const stored = await writeTar(path, LAYOUT);
  const entry = await manifestEntry({ localFile: path, ...stored });
  const whole = join(folder, 'whole.tar');
  writeFileSync(whole, Buffer.concat([entry, readFileSync(path)]));
  const unpacked = (member: string): unknown =>
    JSON.parse(execFileSync('tar', ['-xOf', whole, member], { encoding: 'utf8' }));
  expect(unpacked('manifest.json')).toEqual(LIST);
  expect(unpacked('index.json')).toHaveProperty('manifests');
});

test('one that has it is sent as it is', async () => {
  const path = join(folder, 'new.tar');
  const stored = await writeTar(path, [...LAYOUT, file('manifest.json', LIST)]);
  expect(await manifestEntry({ localFile: path, ...stored })).toHaveLength(0);
});
