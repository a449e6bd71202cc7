import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listArtifacts } from '../../../src/artifacts/list.js';
import { officialArtifacts } from '../../../src/artifacts/official/official.js';
import { SUPPLY } from '../support.js';
import type { ArtifactSet } from '../../../src/model/artifact.js';
import type { KinitError } from '../../../src/model/error.js';
import { fakeTools, imageDigest, sha256, startOrigin, temporaryCache, type Origin } from '../support.js';

const VERSION = '1.36.3';
const KUBELET = `dl.k8s.io/release/v${VERSION}/bin/linux/amd64/kubelet`;

interface Setting {
  readonly origin: Origin;
  readonly inventoryDir: string;
  readonly cache: string;
  fetchAll(attempts?: number): Promise<ArtifactSet>;
}

async function setting(): Promise<Setting> {
  const cache = temporaryCache();
  fakeTools(cache);
  const origin = await startOrigin(VERSION);
  const inventoryDir = join(cache, 'inventory');
  mkdirSync(inventoryDir);
  const fetchAll = (attempts = 4): Promise<ArtifactSet> =>
    officialArtifacts({
      supply: SUPPLY,
      kubernetesVersion: VERSION,
      arch: 'amd64',
      origins: { images: 'none', files: 'none', baseUrl: origin.url },
      endpoints: origin.endpoints,
      inventoryDir,
      emit: () => undefined,
      signal: new AbortController().signal,
      retries: { attempts, backoffMs: 1 },
    });
  return { origin, inventoryDir, cache, fetchAll };
}

async function failure(work: Promise<unknown>): Promise<KinitError> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as KinitError,
  );
}

interface Lock {
  readonly files: Record<string, { readonly sha256: string; readonly checksumFrom: string }>;
  readonly images: Record<string, { readonly digest: string; readonly digestFrom: string }>;
}

function lockOf(inventoryDir: string): Lock {
  return JSON.parse(readFileSync(join(inventoryDir, 'kinit.lock.json'), 'utf8')) as Lock;
}

test('first use downloads, checks, unpacks and locks; the second asks nobody', async () => {
  const { origin, inventoryDir, fetchAll } = await setting();
  const set = await fetchAll();
  expect(set.source).toBe('official');
  const kubelet = set.binaries.find((binary) => binary.name === 'kubelet');
  expect(readFileSync(kubelet?.localFile ?? '')).toEqual(origin.files.get(KUBELET));
  expect(kubelet).toMatchObject({
    installPath: '/usr/local/bin/kubelet',
    version: VERSION,
    sha256: sha256(origin.files.get(KUBELET) ?? Buffer.alloc(0)),
  });
  const bridge = set.binaries.find((binary) => binary.name === 'cni-bridge');
  expect(readFileSync(bridge?.localFile ?? '', 'utf8')).toBe('program bridge');
  expect(statSync(bridge?.localFile ?? '').mode & 0o777).toBe(0o755);
  // Hosts pull all images but kinit's own.
  expect(set.images.flatMap(({ name, archive }) => (archive === undefined ? [] : [name]))).toEqual([
    'serving-approver',
  ]);
  expect(set.images.find(({ name }) => name === 'kube-apiserver')).toMatchObject({
    refs: [`registry.k8s.io/kube-apiserver:v${VERSION}`],
    digest: imageDigest(`kube-apiserver:v${VERSION}`),
  });
  const lock = lockOf(inventoryDir);
  expect(lock.images['docker.io/library/nginx:1.22.1']).toEqual({
    digest: imageDigest('library/nginx:1.22.1'),
    digestFrom: origin.url,
  });
  expect(Object.keys(lock.files)).toHaveLength(SUPPLY.files(VERSION, 'amd64').length);
  expect(lock.files[`https://${KUBELET}`]).toEqual({
    sha256: kubelet?.sha256,
    checksumFrom: `${origin.url}/${KUBELET}.sha256`,
  });

  const asked = origin.requests.length;
  expect(await fetchAll()).toEqual(set);
  expect(origin.requests).toHaveLength(asked);
});

test('two files of the same content are two programs all the same', async () => {
  const { origin, fetchAll } = await setting();
  const kubectl = KUBELET.replace('kubelet', 'kubectl');
  for (const end of ['', '.sha256']) {
    const same = origin.files.get(`${KUBELET}${end}`) ?? Buffer.alloc(0);
    origin.files.set(`${kubectl}${end}`, same);
  }
  const { binaries } = await fetchAll();
  const digests = ['kubelet', 'kubectl'].map((name) => binaries.find((binary) => binary.name === name)?.sha256);
  expect(digests).toEqual(Array.from({ length: 2 }, () => sha256(origin.files.get(KUBELET) ?? Buffer.alloc(0))));
  expect(await fetchAll()).toMatchObject({ binaries });
});

test('what was fetched is listed with its version and where it came from', async () => {
  const { fetchAll } = await setting();
  await fetchAll();
  const rows = await listArtifacts();
  expect(rows.find(({ name }) => name === 'kubelet')).toMatchObject({
    kind: 'binary',
    arch: 'amd64',
    version: VERSION,
    origin: `https://${KUBELET}`,
    present: true,
  });
  expect(rows.filter(({ name }) => name.startsWith('cni-'))).toHaveLength(6);
});

test('a cut connection is taken up where it ended', async () => {
  const { origin, fetchAll } = await setting();
  origin.troubles.set(KUBELET, [{ cutAfter: 40_000 }]);
  const set = await fetchAll();
  const ranges = origin.requests.filter((request) => request.path === KUBELET).map((request) => request.range);
  expect(ranges).toEqual([undefined, 'bytes=40000-']);
  expect(readFileSync(set.binaries.find((binary) => binary.name === 'kubelet')?.localFile ?? '')).toEqual(
    origin.files.get(KUBELET),
  );
});

test('a cut that looks like the end of the file is not taken for a forgery, and the next run fetches it whole', async () => {
  const { origin, fetchAll } = await setting();
  origin.troubles.set(KUBELET, [{ cutAfter: 1000, unsaid: true }]);
  const error = await failure(fetchAll());
  expect(error.message).toBe('kubelet is not the file it should be');
  expect(error.context.hint).toContain('it may have been cut. Run again');
  const kubelet = (await fetchAll()).binaries.find((binary) => binary.name === 'kubelet');
  expect(readFileSync(kubelet?.localFile ?? '')).toEqual(origin.files.get(KUBELET));
});

test('what one run fetched before it failed, the next run goes on with', async () => {
  const { origin, fetchAll } = await setting();
  origin.troubles.set(KUBELET, [{ cutAfter: 30_000 }]);
  const error = await failure(fetchAll(1));
  expect(error.context).toMatchObject({
    class: 'artifact',
    hint: expect.stringContaining('the next run goes on there') as string,
  });
  await fetchAll(1);
  expect(origin.requests.filter((request) => request.path === KUBELET).at(-1)?.range).toBe('bytes=30000-');
});

test('a file that changed between two tries is found by its digest, and is fetched whole the next time', async () => {
  const { origin, fetchAll } = await setting();
  const good = origin.files.get(KUBELET) ?? Buffer.alloc(0);
  origin.troubles.set(KUBELET, [{ cutAfter: 30_000 }]);
  origin.files.set(KUBELET, Buffer.alloc(good.length, 0x78));
  await failure(fetchAll(1));
  origin.files.set(KUBELET, good);
  expect((await failure(fetchAll())).message).toContain('not the file it should be');
  await fetchAll();
  expect(origin.requests.filter((request) => request.path === KUBELET).at(-1)?.range).toBeUndefined();
});

test('503 is tried again, 404 is not', async () => {
  const { origin, fetchAll } = await setting();
  origin.troubles.set(KUBELET, [{ status: 503 }, { status: 503 }]);
  origin.troubles.set(`${KUBELET}.sha256`, [{ status: 502 }]);
  await fetchAll();
  expect(origin.requests.filter((request) => request.path === KUBELET)).toHaveLength(3);

  const other = await setting();
  other.origin.files.delete(KUBELET);
  const error = await failure(other.fetchAll());
  expect(error.context).toMatchObject({
    class: 'artifact',
    tried: `GET ${other.origin.url}/${KUBELET}`,
    found: 'HTTP 404',
  });
  expect(other.origin.requests.filter((request) => request.path === KUBELET)).toHaveLength(1);
});

test('tries end', async () => {
  const { origin, fetchAll } = await setting();
  origin.troubles.set(
    KUBELET,
    Array.from({ length: 10 }, () => ({ status: 503 })),
  );
  const error = await failure(fetchAll(3));
  expect(error.context.found).toBe('HTTP 503 (3 tries)');
  expect(origin.requests.filter((request) => request.path === KUBELET)).toHaveLength(3);
});

test("a file that is not what the origin's checksum says is refused with both digests, and nothing is kept of it", async () => {
  const { origin, inventoryDir, cache, fetchAll } = await setting();
  const published = sha256(origin.files.get(KUBELET) ?? Buffer.alloc(0));
  const evil = Buffer.from('evil');
  origin.files.set(KUBELET, evil);
  const error = await failure(fetchAll());
  expect(error.context.found).toContain(sha256(evil));
  expect(error.context.found).toContain(published);
  expect(existsSync(join(inventoryDir, 'kinit.lock.json'))).toBe(false);
  expect(readdirSync(join(cache, 'kinit', 'store', 'partial'))).toEqual([]);
  expect(existsSync(join(cache, 'kinit', 'store', 'sha256', sha256(evil)))).toBe(false);
});

test('the lock file binds, though the origin publishes a new file with a checksum that fits', async () => {
  const { origin, inventoryDir, fetchAll } = await setting();
  const locked = 'a'.repeat(64);
  const lockFile = join(inventoryDir, 'kinit.lock.json');
  const text = JSON.stringify({
    version: 1,
    files: { [`https://${KUBELET}`]: { sha256: locked, checksumFrom: 'https://example.com' } },
  });
  writeFileSync(lockFile, text);
  const error = await failure(fetchAll());
  expect(error.context.found).toBe(
    `sha256 ${sha256(origin.files.get(KUBELET) ?? Buffer.alloc(0))}, kinit.lock.json says ${locked}`,
  );
  expect(error.context.hint).toContain(lockFile);
  expect(readFileSync(lockFile, 'utf8')).toBe(text);
});

test('a broken lock file is an error and stays as it is', async () => {
  const { inventoryDir, fetchAll } = await setting();
  writeFileSync(join(inventoryDir, 'kinit.lock.json'), '{"version": 1, "files": {"x": ');
  expect((await failure(fetchAll())).message).toContain('is not a lock file');
  expect(readFileSync(join(inventoryDir, 'kinit.lock.json'), 'utf8')).toContain('"x"');
});

test('a page that is no checksum file is refused', async () => {
  const { origin, fetchAll } = await setting();
  origin.files.set(`${KUBELET}.sha256`, Buffer.from('<html>log in here</html>'));
  expect((await failure(fetchAll())).message).toContain('does not name kubelet');
});
