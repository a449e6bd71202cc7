import { expect, test } from 'vitest';
import { byDigest, parseImageRef, withDigest } from '../../../src/model/text/image-ref.js';

test.each([
  ['nginx', { registry: 'docker.io', repository: 'library/nginx', tag: 'latest' }],
  ['docker.io/library/nginx:1.22.1', { registry: 'docker.io', repository: 'library/nginx', tag: '1.22.1' }],
  ['me/app:1', { registry: 'docker.io', repository: 'me/app', tag: '1' }],
  ['localhost:5000/app', { registry: 'localhost:5000', repository: 'app', tag: 'latest' }],
  ['localhost/app:2', { registry: 'localhost', repository: 'app', tag: '2' }],
  [
    'registry.k8s.io/a/b:v1@sha256:1',
    { registry: 'registry.k8s.io', repository: 'a/b', tag: 'v1', digest: 'sha256:1' },
  ],
  ['registry.k8s.io/a@sha256:1', { registry: 'registry.k8s.io', repository: 'a', digest: 'sha256:1' }],
])('%s', (ref, parts) => {
  expect(parseImageRef(ref)).toEqual(parts);
});

test('by digest, with the tag and without it; by tag alone while the digest is not known', () => {
  expect(withDigest('r.io/a:1', 'sha256:1')).toBe('r.io/a:1@sha256:1');
  expect(byDigest('r.io/a:1', 'sha256:1')).toBe('r.io/a@sha256:1');
  expect([withDigest('r.io/a:1', ''), byDigest('r.io/a:1', '')]).toEqual(['r.io/a:1', 'r.io/a:1']);
});
