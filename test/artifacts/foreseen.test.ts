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
import { fakeTools, startOrigin, temporaryCache, type Origin } from './support.js';

const NOWHERE = { url: 'http://127.0.0.1:1', endpoints: () => [{ url: 'http://127.0.0.1:1' }] };

function options(
  inventoryDir: string,
  {
    source = 'auto',
    origin,
  }: { readonly source?: ResolveOptions['source']; readonly origin?: Pick<Origin, 'url' | 'endpoints'> },
): ResolveOptions {
  mkdirSync(inventoryDir, { recursive: true });
  return {
    supply: SUPPLY,
    source,
    origins: { images: 'none', files: 'none', baseUrl: origin?.url },
    ...(origin === undefined ? {} : { endpoints: origin.endpoints }),
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
  ...images.map(({ name }) => `image ${name}`),
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
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  const asked = { ...options(inventoryDir, { source: 'official', origin }), arch: 'amd64' as const };
  const foreseen = await foreseeArtifacts(asked);
  expect(origin.requests).toEqual([]);
  expect(existsSync(join(inventoryDir, 'kinit.lock.json'))).toBe(false);
  expect(openOnes(foreseen)).toHaveLength(foreseen.binaries.length + foreseen.images.length);
  const fetched = await resolveArtifacts(asked);
  expect(byName(fetched)).toEqual(byName(foreseen));
  await origin.close();
  expect(await foreseeArtifacts(asked)).toEqual(fetched);
});

test('auto: what would be decided is foreseen and not written down; what a plan presumed is decided so later', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const asked = options(inventoryDir, { origin: NOWHERE });
  expect((await foreseeArtifacts(asked)).source).toBe('source');
  expect(existsSync(join(inventoryDir, 'kinit.lock.json'))).toBe(false);
  expect((await foreseeArtifacts({ ...asked, presumed: 'official' })).source).toBe('official');
});
