import { expect, test } from 'vitest';
import { mirrored } from '../../src/artifacts/mirror.js';

test('a mirror and an own origin lay files out below the official host name', () => {
  const url = 'https://dl.k8s.io/release/x';
  expect(mirrored(url, { mirror: 'none' })).toBe(url);
  expect(mirrored(url, { mirror: 'daocloud' })).toBe('https://files.m.daocloud.io/dl.k8s.io/release/x');
  expect(mirrored(url, { mirror: 'aliyun', baseUrl: 'http://10.0.0.1:8000/k/' })).toBe(
    'http://10.0.0.1:8000/k/dl.k8s.io/release/x',
  );
});
