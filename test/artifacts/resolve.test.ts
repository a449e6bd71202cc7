import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isUndecided, resolveArtifacts, type ResolveOptions } from '../../src/artifacts/index.js';
import { ownArch } from '../../src/artifacts/store/paths.js';
import { SUPPLY } from './support.js';
import type { Arch, ArtifactSet } from '../../src/model/artifact.js';
import { defined } from '../../src/model/defined.js';
import { fakeTools, startOrigin, temporaryCache, type Origin } from './support.js';

function resolve(
  inventoryDir: string,
  { source = 'auto', origin }: { readonly source?: ResolveOptions['source']; readonly origin?: Origin },
  version = '1.36.3',
  arch: Arch = 'amd64',
  hindrance?: () => Promise<string | undefined>,
  unofficial = '',
  answered?: Promise<boolean>,
): Promise<ArtifactSet> {
  mkdirSync(inventoryDir, { recursive: true });
  return resolveArtifacts({
    supply: { ...SUPPLY, unofficial },
    source,
    origins: { images: 'none', files: 'none', baseUrl: origin?.url },
    ...(origin === undefined ? {} : { endpoints: origin.endpoints }),
    kubernetesVersion: version,
    arch,
    inventoryDir,
    emit: () => undefined,
    signal: new AbortController().signal,
    ...defined({ hindrance, answered }),
  });
}

test('auto takes official where it answers, and stays with it', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  expect((await resolve(inventoryDir, { origin })).source).toBe('official');
  await origin.close();
  expect((await resolve(inventoryDir, { origin })).source).toBe('official');
});

test('auto goes by what was asked ahead, and there is nothing to ask once it is decided', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  const asks = (source: ResolveOptions['source'], unofficial = ''): Promise<boolean> =>
    isUndecided({ source, inventoryDir, supply: { ...SUPPLY, unofficial } });
  expect(await Promise.all([asks('auto'), asks('source'), asks('official'), asks('auto', 'no checksums')])).toEqual([
    ...[true, false, false, false],
  ]);
  const set = await resolve(
    inventoryDir,
    { origin },
    '1.36.3',
    ownArch() as Arch,
    undefined,
    '',
    Promise.resolve(false),
  );
  expect(set.source).toBe('source');
  expect(await asks('auto')).toBe(false);
});

test('auto takes source where a login page answers, writes that down, and stays with it', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  const good = new Map(origin.files);
  for (const path of origin.files.keys()) origin.files.set(path, Buffer.from('<html>log in</html>'));
  expect((await resolve(inventoryDir, { origin }, '1.36.3', ownArch() as Arch)).source).toBe('source');
  expect(JSON.parse(readFileSync(join(inventoryDir, 'kinit.lock.json'), 'utf8'))).toEqual({
    version: 1,
    files: {},
    source: 'source',
  });
  for (const [path, bytes] of good) origin.files.set(path, bytes);
  expect((await resolve(inventoryDir, { origin }, '1.36.3', ownArch() as Arch)).source).toBe('source');
});

test('auto takes source where one of the programs has no official files, whatever answers and was decided before', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  const auto = (unofficial: string): Promise<ArtifactSet> =>
    resolve(inventoryDir, { origin }, '1.36.3', ownArch() as Arch, undefined, unofficial);
  expect((await auto('')).source).toBe('official');
  expect((await auto('it is published without checksums')).source).toBe('source');
  expect(JSON.parse(readFileSync(join(inventoryDir, 'kinit.lock.json'), 'utf8'))).toMatchObject({ source: 'source' });
  await origin.close();
});

test('auto takes source where hosts cannot pull what this machine could fetch, and asks them once', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  const origin = await startOrigin('1.36.3');
  const hindered = vi.fn(async () => 'node2 does not reach registry.k8s.io');
  const auto = (): Promise<ArtifactSet> => resolve(inventoryDir, { origin }, '1.36.3', ownArch() as Arch, hindered);
  expect((await auto()).source).toBe('source');
  expect((await auto()).source).toBe('source');
  expect(hindered).toHaveBeenCalledTimes(1);
  const free = join(temporaryCache(), 'inventory');
  const set = await resolve(free, { origin }, '1.36.3', 'amd64', async () => undefined);
  expect(set.source).toBe('official');
});

test('a version that components/ does not build is refused for source, with the way out', async () => {
  const inventoryDir = join(temporaryCache(), 'inventory');
  await expect(resolve(inventoryDir, { source: 'source' }, '1.35.3')).rejects.toMatchObject({
    context: { class: 'artifact', hint: 'Set kubernetesVersion: 1.36.3, or artifacts.source: official.' },
  });
});
