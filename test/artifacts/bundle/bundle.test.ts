import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, brotliCompressSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { foreseeArtifacts, resolveArtifacts, storedArtifacts, writeBundle } from '../../../src/artifacts/index.js';
import type { ResolveOptions } from '../../../src/artifacts/resolve.js';
import { storedFile, storeFolder } from '../../../src/artifacts/store/paths.js';
import type { ArtifactSet } from '../../../src/model/artifact.js';
import type { KinitError } from '../../../src/model/error.js';
import { fakeTools, sha256, SUPPLY, temporaryCache } from '../support.js';

let bundleFile: string;
let built: ArtifactSet;

function options(more: Partial<ResolveOptions> = {}): ResolveOptions {
  return {
    supply: SUPPLY,
    source: 'bundle',
    bundleFile,
    origins: { images: 'none', files: 'none', baseUrl: undefined },
    kubernetesVersion: '1.36.3',
    arch: 'amd64',
    inventoryDir: join(bundleFile, '..'),
    emit: () => undefined,
    signal: new AbortController().signal,
    ...more,
  };
}

const failure = (work: Promise<unknown>): Promise<KinitError> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as KinitError,
  );

/** A bundle of all that was built, and then a machine with an empty store and nothing to build with. */
beforeEach(async () => {
  const cache = temporaryCache();
  const tools = fakeTools(cache);
  bundleFile = join(cache, 'bundle.tar.br');
  built = await resolveArtifacts(options({ source: 'source', inventoryDir: cache }));
  await write([built]);
  expect(tools.calls().length).toBeGreaterThan(0);
  temporaryCache();
  process.env['PATH'] = '/nowhere';
});

function write(sets: readonly ArtifactSet[]): ReturnType<typeof writeBundle> {
  return writeBundle({ file: bundleFile, sets, emit: () => undefined, signal: new AbortController().signal });
}

test('a machine with nothing but the bundle gives hosts what was built, with the modes it had', async () => {
  expect(await storedArtifacts(options())).toBeUndefined();
  const foreseen = await foreseeArtifacts(options());
  expect(readdirSync(storeFolder())).not.toContain('sha256');
  const set = await resolveArtifacts(options());
  expect(set).toEqual(foreseen);
  expect(await storedArtifacts(options())).toEqual(set);
  const digests = ({ binaries, images }: ArtifactSet): string[] => [
    ...binaries.map(({ name, sha256: digest, installPath }) => `${name} ${digest} ${installPath}`),
    ...images.map(({ name, refs, archive }) => `${name} ${refs.join()} ${archive?.sha256 ?? ''}`),
  ];
  expect(set.source).toBe('bundle');
  expect(digests(set)).toEqual(digests(built));
  for (const { localFile, sha256: digest } of set.binaries) {
    expect(sha256(readFileSync(localFile))).toBe(digest);
    expect(statSync(localFile).mode & 0o777).toBe(0o755);
  }
});

test('by xz, for a file of that name: whatever it is called later, it is read as what it is; cut, damaged, and without xz', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/usr/bin:/bin';
  const asXz = join(bundleFile, '..', 'bundle.tar.xz');
  const cache = temporaryCache();
  const tools = fakeTools(cache);
  await resolveArtifacts(options({ source: 'source', inventoryDir: cache }));
  expect(tools.calls().length).toBeGreaterThan(0);
  process.env['PATH'] = '/usr/bin:/bin';
  await writeBundle({ file: asXz, sets: [built], emit: () => undefined, signal: new AbortController().signal });
  const whole = readFileSync(asXz);
  expect(whole.subarray(1, 5).toString()).toBe('7zXZ');
  writeFileSync(bundleFile, whole);
  temporaryCache();
  const set = await resolveArtifacts(options());
  expect(set.binaries.map(({ name, sha256: digest }) => [name, digest])).toEqual(
    built.binaries.map(({ name, sha256: digest }) => [name, digest]),
  );
  temporaryCache();
  truncateSync(bundleFile, whole.length - 30);
  expect((await failure(resolveArtifacts(options()))).message).toBe('the bundle of programs and images cannot be read');
  writeFileSync(bundleFile, Buffer.concat([whole.subarray(0, 100), Buffer.alloc(60), whole.subarray(160)]));
  expect((await failure(resolveArtifacts(options()))).context.found).toMatch(/corrupt|unexpected end/i);
  process.env['PATH'] = '/nowhere';
  expect((await failure(foreseeArtifacts(options()))).message).toBe('xz is not installed on this machine');
  process.env['PATH'] = path;
});

test('the same content gives the same file', async () => {
  const before = sha256(readFileSync(bundleFile));
  const cache = temporaryCache();
  fakeTools(cache);
  const again = await resolveArtifacts(options({ source: 'source', inventoryDir: cache }));
  expect((await write([again])).sha256).toBe(before);
});

test('a file that is no bundle, one that was cut, and one that is not there are each named, with the way out', async () => {
  const absent = await failure(foreseeArtifacts(options({ bundleFile: '/nowhere/bundle.tar.br' })));
  expect({ message: absent.message, hint: absent.context.hint }).toEqual({
    message: 'there is no bundle of programs and images',
    hint: expect.stringContaining('kinit artifacts bundle -i INVENTORY') as string,
  });
  const whole = readFileSync(bundleFile);
  truncateSync(bundleFile, whole.length - 20);
  const cut = await failure(resolveArtifacts(options()));
  expect({ message: cut.message, found: cut.context.found }).toEqual({
    message: 'the bundle of programs and images cannot be read',
    found: 'unexpected end of file',
  });
  writeFileSync(bundleFile, 'no bundle');
  expect((await failure(foreseeArtifacts(options()))).context.found).toBe('Decompression failed');
});

test('a program that is not what the bundle says is refused, and the store does not have it under that name', async () => {
  const tar = brotliDecompressSync(readFileSync(bundleFile));
  const at = tar.indexOf('program .\n');
  tar.write('PROGRAM', at);
  writeFileSync(bundleFile, brotliCompressSync(tar));
  const kube = built.binaries.find(({ name }) => name === 'kube')?.sha256 ?? '';
  const { context } = await failure(resolveArtifacts(options()));
  expect(context.found).toMatch(new RegExp(`^sha256/${kube} has sha256 [0-9a-f]{64}$`));
  expect(() => statSync(storedFile(kube))).toThrow('ENOENT');
});

test('another version, another architecture, and what this inventory needs besides are refused before anything is unpacked', async () => {
  const version = await failure(foreseeArtifacts(options({ kubernetesVersion: '1.35.4' })));
  expect(`${version.message}: ${version.context.found ?? ''}`).toBe(
    'the bundle has nothing for Kubernetes 1.35.4 on amd64 hosts: Kubernetes 1.36.3 for amd64',
  );
  expect((await failure(foreseeArtifacts(options({ arch: 'arm64' })))).message).toContain('on arm64 hosts');

  const small = { ...built, binaries: built.binaries.filter(({ name }) => name !== 'runc'), images: [] };
  const cache = temporaryCache();
  fakeTools(cache);
  await resolveArtifacts(options({ source: 'source', inventoryDir: cache }));
  await write([small]);
  temporaryCache();
  const lacking = await failure(resolveArtifacts(options({ wanted: (image) => image === 'pause' })));
  expect(lacking.context.found).toBe('it has no runc, the pause image');
  expect(readdirSync(storeFolder())).not.toContain('sha256');
  const needed = options({ wantedPrograms: (name) => name === 'kube', wanted: () => false });
  expect((await resolveArtifacts(needed)).source).toBe('bundle');
});
