import { createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { encryptedWith, newCertificateKey } from '../../src/pki/index.js';

test('what is encrypted opens as kubeadm opens it: nonce, ciphertext, tag', () => {
  const key = newCertificateKey();
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  const bytes = encryptedWith(key, 'a key\nä');
  const open = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12));
  open.setAuthTag(bytes.subarray(-16));
  expect(Buffer.concat([open.update(bytes.subarray(12, -16)), open.final()]).toString()).toBe('a key\nä');
});

test('no two are the same', () => {
  const key = newCertificateKey();
  expect(newCertificateKey()).not.toBe(key);
  expect(encryptedWith(key, 'x').equals(encryptedWith(key, 'x'))).toBe(false);
});
