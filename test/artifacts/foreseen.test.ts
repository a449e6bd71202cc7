import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  asForeseen,
  foreseeArtifacts,
  openOnes,
  resolveArtifacts,
  type ResolveOptions,
} from '../../src/artifacts/index.js';
import { ownArch } from '../../src/artifacts/store/paths.js';
import { SUPPLY } from './support.js';
import type { Arch, ArtifactSet } from '../../src/model/artifact.js';
import type { Spec } from '../../src/model/spec.js';
import { fakeTools, startOrigin, temporaryCache } from './support.js';

function options(inventoryDir: string, spec: Partial<Spec['artifacts']>): ResolveOptions {
  mkdirSync(inventoryDir, { recursive: true });
  return {
    supply: SUPPLY,
    spec: { source: 'auto', mirror: 'none', ...spec },
    kubernetesVersion: '1.36.3',
    arch: ownArch() as Arch,
    inventoryDir,
    emit: () => undefined,
    signal: new AbortController().signal,
  };
}

/** All but what is known only afterwards. */
const byName = (set: ArtifactSet): unknown =>
  JSON.parse(JSON.stringify(asForeseen(set, openOnes(asForeseen(set, everything(set))))));
const everything = ({ binaries, images }: ArtifactSet): string[] => [
  ...binaries.map(({ name }) => `program ${name}`),
  ...images.filter(({ archive }) => archive !== undefined).map(({ name }) => `image ${name}`),
];

test('source: what a build will give is known by name, version and place; nothing is built, locked or written', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const before = readdirSync(cache, { recursive: true });
  const asked = options(inventoryDir, { source: 'source' });
  const foreseen = await foreseeArtifacts(asked);
  expect(readdirSync(cache, { recursive: true }).sort()).toEqual([...before, 'inventory'].sort());
  expect(foreseen.binaries.find(({ name }) => name === 'kube')).toMatchObject({
    version: '1.36.3',
    sha256: '',
    size: 0,
  });
  expect(openOnes(foreseen).sort()).toEqual(everything(foreseen).sort());

  const built = await resolveArtifacts(asked);
  expect(openOnes(built)).toEqual([]);
  expect(byName(built)).toEqual(byName(foreseen));
  // By now everything is known.
  expect(await foreseeArtifacts(asked)).toEqual(built);
});

test('official: the same, and no origin is asked for anything', async () => {
  const cache = temporaryCache();
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  const asked = { ...options(inventoryDir, { source: 'official', baseUrl: origin.url }), arch: 'amd64' as const };
  const closed = { ...asked, spec: { ...asked.spec, baseUrl: 'http://127.0.0.1:1' } };
  const foreseen = await foreseeArtifacts(closed);
  expect(existsSync(join(inventoryDir, 'kinit.lock.json'))).toBe(false);
  expect(openOnes(foreseen)).toHaveLength(foreseen.binaries.length);
  const fetched = await resolveArtifacts(asked);
  expect(byName(fetched)).toEqual(byName(foreseen));
  expect(await foreseeArtifacts(closed)).toEqual(fetched);
  await origin.close();
});

test('auto: what would be decided is foreseen and not written down; what a plan presumed is decided so later', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const asked = options(inventoryDir, { baseUrl: 'http://127.0.0.1:1' });
  expect((await foreseeArtifacts(asked)).source).toBe('source');
  expect(existsSync(join(inventoryDir, 'kinit.lock.json'))).toBe(false);
  expect((await foreseeArtifacts({ ...asked, presumed: 'official' })).source).toBe('official');
});
