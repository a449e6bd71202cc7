import { expect, test } from 'vitest';
import { findChecksum } from '../../../src/artifacts/official/checksums.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

test('a bare digest, as dl.k8s.io publishes it', () => {
  expect(findChecksum(`${A.toUpperCase()}\n`, 'kubelet')).toBe(A);
});

test('the line of the file among others, inside a signed text, as runc publishes it', () => {
  const text = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${A}  runc.amd64\n${B} *runc.arm64\n-----BEGIN PGP SIGNATURE-----\nxyz\n`;
  expect(findChecksum(text, 'runc.amd64')).toBe(A);
  expect(findChecksum(text, 'runc.arm64')).toBe(B);
});

test('a path before the name is allowed, another name is not', () => {
  expect(findChecksum(`${A}  ./release/cni.tgz\n`, 'cni.tgz')).toBe(A);
  expect(findChecksum(`${A}  other-cni.tgz\n`, 'cni.tgz')).toBeUndefined();
});

test('a login page says nothing', () => {
  expect(findChecksum('<html>Welcome to the hotel</html>', 'kubelet')).toBeUndefined();
});
