import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listOrigins, type OriginRow } from '../../src/artifacts/index.js';
import type { Origins } from '../../src/artifacts/mirror.js';
import { officialArtifacts } from '../../src/artifacts/official/official.js';
import { fakeTools, imageDigest, startOrigin, SUPPLY, temporaryCache } from './support.js';

const VERSION = '1.36.3';
const OFFICIAL: Origins = { images: 'none', files: 'none' };

function origins(wanted: Origins, version = VERSION, inventoryDir = temporaryCache()): Promise<OriginRow[]> {
  const images = SUPPLY.images.map(({ name }) => name);
  return listOrigins({
    supply: SUPPLY,
    images,
    kubernetesVersion: version,
    arch: 'amd64',
    origins: wanted,
    inventoryDir,
  });
}

test('official: what is fetched is what the origins call it, for any version', async () => {
  const rows = await origins(OFFICIAL, '1.35.4');
  expect(rows.every(({ official, from }) => official === from)).toBe(true);
  const from = rows.map((row) => row.from);
  expect(from).toContain('https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kubelet');
  expect(from).toContain('https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kubelet.sha256');
  expect(from).toContain('registry.k8s.io/coredns/coredns:v1.13.1');
  // No registry has it.
  expect(from.join(' ')).not.toContain('serving-approver');
});

test('cn: every name leads to a mirror', async () => {
  const rows = await origins({ images: 'aliyun', files: 'aliyun' });
  const hosts = rows.map(({ from }) => from.replace('https://', '').split('/')[0]);
  expect([...new Set(hosts)].sort()).toEqual([
    'files.m.daocloud.io',
    'm.daocloud.io',
    'registry.cn-hangzhou.aliyuncs.com',
  ]);
});

test('an own base URL has the files, not the images', async () => {
  const rows = await origins({ ...OFFICIAL, baseUrl: 'http://files.example' });
  for (const { kind, from } of rows) expect(from.startsWith('http://files.example/')).toBe(kind !== 'image');
});

test('every name that was asked for is on the list, with what it was bound to', async () => {
  const origin = await startOrigin(VERSION);
  const cache = temporaryCache();
  fakeTools(cache);
  const inventoryDir = join(cache, 'inventory');
  mkdirSync(inventoryDir);
  const own: Origins = { ...OFFICIAL, baseUrl: origin.url };
  await officialArtifacts({
    ...{ supply: SUPPLY, kubernetesVersion: VERSION, arch: 'amd64', origins: own, endpoints: origin.endpoints },
    ...{ inventoryDir, emit: () => undefined, signal: new AbortController().signal },
  });
  const rows = await origins(own, VERSION, inventoryDir);
  const files = origin.requests
    .filter(({ path }) => !path.startsWith('v2/'))
    .map(({ path }) => `${origin.url}/${path}`);
  expect(
    rows
      .filter(({ kind }) => kind !== 'image')
      .map(({ from }) => from)
      .sort(),
  ).toEqual(files.sort());
  const manifests = origin.requests.flatMap(
    ({ path }) => /^v2\/(.+)\/manifests\/(.+)$/.exec(path)?.slice(1).join(':') ?? [],
  );
  const images = rows.filter(({ kind }) => kind === 'image');
  expect(images.map(({ from }) => from.replace(/^[^/]+\//, '')).sort()).toEqual(manifests.sort());
  expect(images.every(({ boundTo, from }) => boundTo === imageDigest(from.replace(/^[^/]+\//, '')))).toBe(true);
});
