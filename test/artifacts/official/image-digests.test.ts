import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bindImages, boundImages } from '../../../src/artifacts/official/image-digests.js';
import { readLockFile } from '../../../src/artifacts/official/lock-file.js';
import { sayWhoVouches } from '../../../src/artifacts/official/vouched.js';
import { imageRefsOf } from '../../../src/artifacts/supply.js';
import type { KinitEvent } from '../../../src/model/event.js';
import { imageDigest, startOrigin, SUPPLY, temporaryCache } from '../support.js';

const VERSION = '1.36.3';
const API = `registry.k8s.io/kube-apiserver:v${VERSION}`;

async function setting(mirror: 'none' | 'daocloud' = 'none') {
  const inventoryDir = join(temporaryCache(), 'inventory');
  mkdirSync(inventoryDir);
  const origin = await startOrigin(VERSION);
  const events: KinitEvent[] = [];
  const bind = (endpoints = origin.endpoints): Promise<void> =>
    bindImages({
      images: SUPPLY.images,
      kubernetesVersion: VERSION,
      mirror,
      endpoints,
      inventoryDir,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
    });
  return { inventoryDir, origin, events, bind };
}

test('what a tag was at first use stays, whatever it becomes', async () => {
  const { inventoryDir, origin, bind } = await setting();
  await bind();
  const asked = origin.requests.length;
  await bind();
  expect(origin.requests).toHaveLength(asked);
  const bound = boundImages(SUPPLY.images, VERSION, await readLockFile(inventoryDir));
  expect(bound.get('kube-apiserver')).toEqual({
    official: API,
    digest: imageDigest(`kube-apiserver:v${VERSION}`),
    digestFrom: origin.url,
  });
  // No registry has it.
  expect(bound.has('serving-approver')).toBe(false);
});

test('a lock file without images is one of an earlier kinit, and is filled in', async () => {
  const { inventoryDir, bind } = await setting();
  writeFileSync(join(inventoryDir, 'kinit.lock.json'), JSON.stringify({ version: 1, source: 'official', files: {} }));
  await bind();
  const lock = await readLockFile(inventoryDir);
  expect(lock.source).toBe('official');
  expect(lock.images?.[API]?.digest).toBe(imageDigest(`kube-apiserver:v${VERSION}`));
});

test('the origin is asked first; where it does not answer, the mirror is, and that is said', async () => {
  const { inventoryDir, origin, bind } = await setting('daocloud');
  const closed = [{ url: 'http://127.0.0.1:1' }];
  await bind(((registry: string) => (registry === 'm.daocloud.io' ? origin.endpoints() : closed)) as never);
  const lock = await readLockFile(inventoryDir);
  expect(lock.images?.[API]).toEqual({
    digest: imageDigest(`registry.k8s.io/kube-apiserver:v${VERSION}`),
    digestFrom: origin.url,
  });
  const said: KinitEvent[] = [];
  const images = boundImages(SUPPLY.images, VERSION, lock).values();
  sayWhoVouches({ files: [], images, lock }, (event) => said.push(event));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({ type: 'warning', text: expect.stringContaining(`vouches for ${API}`) as string });
});

test('what the user named as an origin of their own is taken at its word', async () => {
  const { inventoryDir, origin, bind } = await setting();
  await bind();
  const lock = await readLockFile(inventoryDir);
  const images = boundImages(SUPPLY.images, VERSION, lock).values();
  sayWhoVouches({ files: [], images, lock, endpoints: origin.endpoints }, () => expect.unreachable());
});

test('manifests name tag and digest: kubeadm reads the one, runtimes go by the other', () => {
  const set = { arch: 'amd64', source: 'official', kubernetesVersion: VERSION, binaries: [] } as const;
  const image = { name: 'kube-apiserver', refs: [API], on: 'all' } as const;
  const named = (digest: string): string | undefined =>
    imageRefsOf(SUPPLY, { ...set, images: [{ ...image, digest }] }, 'aliyun')['kube-apiserver'];
  const mirrored = `registry.cn-hangzhou.aliyuncs.com/google_containers/kube-apiserver:v${VERSION}`;
  expect(named('')).toBe(mirrored);
  expect(named('sha256:1')).toBe(`${mirrored}@sha256:1`);
});
