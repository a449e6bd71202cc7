import { existsSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { buildArtifacts, listArtifacts, pruneArtifacts } from '../../../src/artifacts/index.js';
import { ownArch } from '../../../src/artifacts/store/paths.js';
import { SUPPLY } from '../support.js';
import type { Arch, ArtifactSet } from '../../../src/model/artifact.js';
import type { KinitError } from '../../../src/model/error.js';
import { fakeTools, temporaryCache } from '../support.js';

const ARCH = ownArch() as Arch;
const PROGRAMS = SUPPLY.components.flatMap((component) => component.programs).length;

function build(
  texts: string[] = [],
  options: Pick<Parameters<typeof buildArtifacts>[0], 'again' | 'verify'> = {},
): Promise<ArtifactSet> {
  return buildArtifacts({
    supply: SUPPLY,
    arch: ARCH,
    ...options,
    signal: new AbortController().signal,
    emit: (event) => texts.push('text' in event ? event.text : event.type),
  });
}

test('everything is built once; a second call does nothing and says so; --force builds again', async () => {
  const tools = fakeTools(temporaryCache());
  const texts: string[] = [];
  const set = await build(texts);
  expect(tools.calls()).toHaveLength(PROGRAMS);
  expect(texts[0]).toMatch(/^building kube 1\.36\.3 for \w+ \(1 of 17, 16 left after it, 0 s so far\)$/);
  const kube = set.binaries.find((binary) => binary.name === 'kube');
  expect(readFileSync(kube?.localFile ?? '', 'utf8')).toBe('program .\n');
  expect(kube?.links).toEqual(
    ['kubelet', 'kubectl', 'kubeadm', 'etcdctl', 'etcdutl'].map((name) => `/usr/local/bin/${name}`),
  );
  expect(set.binaries.map((binary) => binary.name)).not.toContain('coredns');
  expect(set.images.map((image) => image.name).sort()).toEqual([
    'coredns',
    'etcd',
    'flannel',
    'haproxy',
    'keepalived',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-proxy',
    'kube-scheduler',
    'nginx',
    'pause',
    'serving-approver',
  ]);

  texts.length = 0;
  expect(await build(texts)).toEqual(set);
  expect(tools.calls()).toHaveLength(PROGRAMS);
  expect(texts).toEqual([expect.stringContaining('nothing to do')]);

  await build([], { again: 'all' });
  expect(tools.calls()).toHaveLength(2 * PROGRAMS);
});

test('a file that is gone from the store is built again, and only its component', async () => {
  const tools = fakeTools(temporaryCache());
  const set = await build();
  rmSync(set.binaries.find((binary) => binary.name === 'runc')?.localFile ?? '');
  expect(await build()).toEqual(set);
  expect(tools.calls().slice(PROGRAMS)).toEqual(['runc github.com/opencontainers/runc']);
});

test('a file that changed at its size is found by its digest when the build is asked to look, and built again', async () => {
  const tools = fakeTools(temporaryCache());
  const set = await build();
  const runc = set.binaries.find((binary) => binary.name === 'runc')?.localFile ?? '';
  writeFileSync(runc, 'x'.repeat(statSync(runc).size));
  const texts: string[] = [];
  await build(texts);
  expect(tools.calls()).toHaveLength(PROGRAMS);
  expect(await build(texts, { verify: true })).toEqual(set);
  expect(texts).toContain('runc in the store was damaged: it is built again');
  expect(tools.calls().slice(PROGRAMS)).toEqual(['runc github.com/opencontainers/runc']);
});

test("--refresh makes anew what has Debian's files in it, from this machine's own archives; Go programs stay", async () => {
  const cache = temporaryCache();
  const tools = fakeTools(cache);
  await build();
  rmSync(join(cache, 'mmdebstrap.log'));
  await build([], { again: 'packages' });
  expect(tools.calls().slice(PROGRAMS)).toEqual([
    'runc github.com/opencontainers/runc',
    'flannel github.com/flannel-io/flannel',
  ]);
  expect(readFileSync(join(cache, 'mmdebstrap.log'), 'utf8')).toMatch(
    /--aptopt=\S+apt\.conf bookworm \S+\.tar \S+debian\.sources\n/,
  );
  expect(readFileSync(join(cache, 'used.sources'), 'utf8')).toMatch(/^Suites: .*bookworm/m);
});

test("what would change a program is the same whatever the user's environment says; where modules come from is not", async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  const settings = {
    GOEXPERIMENT: 'nogreenteagc',
    GOFIPS140: 'latest',
    CC: 'clang',
    CGO_CFLAGS: '-O0',
    GOFLAGS: '-race',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  await build();
  vi.unstubAllEnvs();
  const used = readFileSync(join(cache, 'go.env'), 'utf8').split('\n');
  expect(used).toEqual(
    expect.arrayContaining([
      'GOENV=off',
      'GOEXPERIMENT=',
      'GOFIPS140=off',
      'CC=gcc',
      'CGO_CFLAGS=-O2 -g',
      'GOFLAGS=-mod=readonly',
    ]),
  );
  expect(used).toContain('GOPROXY=https://me:secret@proxy.test');
});

test("a failed build says which component, its log's tail and the command; what was built before is kept", async () => {
  const tools = fakeTools(temporaryCache(), { failOn: 'cni-plugins' });
  const error = await build().then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown as KinitError,
  );
  expect(error.message).toContain('building cni-bridge 1.9.1');
  expect(error.context).toMatchObject({ class: 'artifact', found: 'main.go:7:2: undefined: nonsense' });
  expect(error.context.tried).not.toContain('secret');
  expect(error.context.tried).toMatch(
    /^cd \S+\/components\/cni-plugins && env .*GOFLAGS=-mod=readonly.* go build .*plugins\/main\/bridge$/,
  );
  tools.heal();
  await build();
  expect(tools.calls().filter((call) => call === 'kube .')).toHaveLength(1);
});

test('two builds at once: one builds, the other waits and takes its results', async () => {
  const tools = fakeTools(temporaryCache());
  const [first, second] = await Promise.all([build(), build()]);
  expect(second).toEqual(first);
  expect(tools.calls()).toHaveLength(PROGRAMS);
});

test('list names what is there, and what is gone', async () => {
  fakeTools(temporaryCache());
  const set = await build();
  const rows = await listArtifacts();
  expect(rows).toHaveLength(PROGRAMS + set.images.length);
  expect(rows.find((row) => row.name === 'runc')).toMatchObject({
    kind: 'binary',
    version: '1.4.3',
    origin: expect.stringMatching(/^github\.com\/opencontainers\/runc v1\.4\.3 h1:/) as string,
    present: true,
  });
  rmSync(set.binaries.find((binary) => binary.name === 'runc')?.localFile ?? '');
  expect((await listArtifacts()).filter((row) => !row.present).map((row) => row.name)).toEqual(['runc']);
});

test('prune empties the build caches and removes store files that nothing names; what is named stays', async () => {
  const cache = temporaryCache();
  const tools = fakeTools(cache);
  await build();
  const stray = join(cache, 'kinit', 'store', 'sha256', 'f'.repeat(64));
  writeFileSync(stray, 'of an older build');
  const partial = join(cache, 'kinit', 'store', 'partial', 'download');
  mkdirSync(join(partial, '..'));
  writeFileSync(partial, '12345');
  const pruned = await pruneArtifacts();
  expect(pruned.storeBytes).toBe(17 + 5);
  expect(existsSync(partial)).toBe(false);
  // Of the version that this kinit does not build.
  expect(existsSync(join(cache, 'kinit', 'store', 'manifests', 'source-1.0.0-amd64.json'))).toBe(false);
  expect(pruned.cacheBytes).toBeGreaterThan(0);
  await build();
  expect(tools.calls()).toHaveLength(PROGRAMS);
});

test('without root, a missing tool is named with the command to type', async () => {
  const cache = temporaryCache();
  fakeTools(cache);
  rmSync(join(cache, 'fake-bin', 'mmdebstrap'));
  process.env['PATH'] = join(cache, 'fake-bin');
  const getuid = process.getuid;
  process.getuid = () => 1000;
  try {
    await expect(build()).rejects.toMatchObject({
      context: {
        class: 'artifact',
        hint: expect.stringContaining('apt-get install -y --no-install-recommends mmdebstrap') as string,
      },
    });
  } finally {
    if (getuid !== undefined) process.getuid = getuid;
  }
});
