import { expect, test } from 'vitest';
import { mirrored, officialCatalogue } from '../../../src/artifacts/official/catalogue.js';

test('official addresses and their checksum files', () => {
  const urls = officialCatalogue('1.36.3', 'arm64').map((file) => [file.url, file.checksumUrl]);
  expect(urls).toContainEqual([
    'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet',
    'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet.sha256',
  ]);
  expect(urls).toContainEqual([
    'https://github.com/opencontainers/runc/releases/download/v1.4.3/runc.arm64',
    'https://github.com/opencontainers/runc/releases/download/v1.4.3/runc.sha256sum',
  ]);
});

test('a mirror and an own origin lay files out below the official host name', () => {
  const url = 'https://dl.k8s.io/release/x';
  expect(mirrored(url, { mirror: 'none' })).toBe(url);
  expect(mirrored(url, { mirror: 'daocloud' })).toBe('https://files.m.daocloud.io/dl.k8s.io/release/x');
  expect(mirrored(url, { mirror: 'aliyun', baseUrl: 'http://10.0.0.1:8000/k/' })).toBe(
    'http://10.0.0.1:8000/k/dl.k8s.io/release/x',
  );
});
