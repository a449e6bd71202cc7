import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildArtifacts, listArtifacts, pruneArtifacts } from '../../../src/artifacts/index.js';
import { ownArch } from '../../../src/artifacts/store/paths.js';
import { SUPPLY } from '../../../src/engine/supply.js';
import type { Arch, ArtifactSet } from '../../../src/model/artifact.js';
import type { KinitError } from '../../../src/model/error.js';
import { fakeTools, temporaryCache } from '../support.js';

const ARCH = ownArch() as Arch;
const PROGRAMS = SUPPLY.components.flatMap((component) => component.programs).length;

function build(texts: string[] = [], force = false): Promise<ArtifactSet> {
  return buildArtifacts({
    supply: SUPPLY,
    arch: ARCH,
    force,
    signal: new AbortController().signal,
    emit: (event) => texts.push('text' in event ? event.text : event.type),
  });
}

test('everything is built once; a second call does nothing and says so; --force builds again', async () => {
  const tools = fakeTools(temporaryCache());
  const texts: string[] = [];
  const set = await build(texts);
  expect(tools.calls()).toHaveLength(PROGRAMS);
  expect(texts[0]).toMatch(/^building kube 1\.36\.3 for \w+ \(1 of 12, 11 left after it, 0 s so far\)$/);
  const kube = set.binaries.find((binary) => binary.name === 'kube');
  expect(readFileSync(kube?.localFile ?? '', 'utf8')).toBe('program .\n');
  expect(kube?.links).toEqual(['/usr/local/bin/kubelet', '/usr/local/bin/kubectl', '/usr/local/bin/kubeadm']);
  expect(set.binaries.map((binary) => binary.name)).not.toContain('coredns');
  expect(set.images.map((image) => image.name).sort()).toEqual([
    'coredns',
    'etcd',
    'flannel',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-proxy',
    'kube-scheduler',
    'nginx',
    'pause',
  ]);

  texts.length = 0;
  expect(await build(texts)).toEqual(set);
  expect(tools.calls()).toHaveLength(PROGRAMS);
  expect(texts).toEqual([expect.stringContaining('nothing to do')]);

  await build([], true);
  expect(tools.calls()).toHaveLength(2 * PROGRAMS);
});

test('a file that is gone from the store is built again, and only its component', async () => {
  const tools = fakeTools(temporaryCache());
  const set = await build();
  rmSync(set.binaries.find((binary) => binary.name === 'runc')?.localFile ?? '');
  expect(await build()).toEqual(set);
  expect(tools.calls().slice(PROGRAMS)).toEqual(['runc github.com/opencontainers/runc']);
});

test("a failed build says which component, its log's tail and the command; what was built before is kept", async () => {
  const tools = fakeTools(temporaryCache(), { failOn: 'cni-plugins' });
  const error = await build().then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown as KinitError,
  );
  expect(error.message).toContain('building cni-bridge 1.9.1');
  expect(error.context).toMatchObject({ class: 'artifact', found: 'main.go:7:2: undefined: nonsense' });
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
  const pruned = await pruneArtifacts();
  expect(pruned.storeBytes).toBe(17);
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
