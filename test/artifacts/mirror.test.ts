import { expect, test } from 'vitest';
import { mirrored, originsOf } from '../../src/artifacts/mirror.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import type { Spec } from '../../src/model/spec.js';

test('a mirror and an own origin lay files out below the official host name', () => {
  const url = 'https://dl.k8s.io/release/x';
  expect(mirrored(url, { files: 'none' })).toBe(url);
  expect(mirrored(url, { files: 'daocloud' })).toBe('https://files.m.daocloud.io/dl.k8s.io/release/x');
  expect(mirrored(url, { files: 'aliyun', baseUrl: 'http://10.0.0.1:8000/k/' })).toBe(
    'http://10.0.0.1:8000/k/dl.k8s.io/release/x',
  );
});

test.each([
  [{}, 'none', 'none'],
  [{ mirrors: 'cn' }, 'aliyun', 'aliyun'],
  [{ artifacts: { mirror: 'daocloud' } }, 'daocloud', 'daocloud'],
  [{ mirrors: 'cn', artifacts: { fileMirror: 'none' } }, 'aliyun', 'none'],
  [{ mirrors: 'cn', artifacts: { mirror: 'none', imageMirror: 'daocloud' } }, 'daocloud', 'none'],
])('%j: images from %s, files from %s', (said, images, files) => {
  const spec: Spec = specSchema.parse({
    hosts: [{ name: 'a', address: '10.0.0.1', roles: ['control-plane'] }],
    ...said,
  });
  expect(originsOf(spec)).toEqual({ images, files, baseUrl: undefined });
});
