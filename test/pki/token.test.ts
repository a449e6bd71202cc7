import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { encryptionFile } from '../../src/pki/material/encryption.js';
import { parse } from 'yaml';
import { selfSignCa } from '../../src/pki/x509/certificate.js';
import { bootstrapTokenSecret, caCertHash, ENCRYPTION_CONFIG_PATH, newBootstrapToken } from '../../src/pki/index.js';

test('tokens have the form kubeadm accepts and differ', () => {
  const tokens = Array.from({ length: 50 }, newBootstrapToken);
  for (const { id, secret } of tokens) expect(`${id}.${secret}`).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  expect(new Set(tokens.map(({ secret }) => secret)).size).toBe(50);
});

test('the token Secret says when it ends, what it is for and whose group it gives', () => {
  const secret = bootstrapTokenSecret(
    { id: 'abcdef', secret: '0123456789abcdef' },
    { expires: new Date('2030-01-02T03:04:05.678Z'), description: 'for n2' },
  );
  const data = Object.fromEntries(
    Object.entries(secret['data'] as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  );
  expect(secret.metadata).toEqual({ name: 'bootstrap-token-abcdef', namespace: 'kube-system' });
  expect(data).toEqual({
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    expiration: '2030-01-02T03:04:05Z',
    description: 'for n2',
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
    'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
  });
});

test('a token for ever has no expiration', () => {
  expect(bootstrapTokenSecret(newBootstrapToken())['data']).not.toHaveProperty('expiration');
});

test('the CA hash is that of the public key, not of the certificate', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ca = (from: string): string =>
    selfSignCa('kubernetes', privateKey, { notBefore: new Date(from), notAfter: new Date('2040-01-01') });
  const wanted = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  expect(caCertHash(ca('2020-01-01'))).toBe(`sha256:${wanted}`);
  expect(caCertHash(ca('2021-01-01'))).toBe(`sha256:${wanted}`);
});

test('an existing encryption configuration is kept, a new one has a key of 32 bytes', () => {
  const now = new Date();
  const files = { [ENCRYPTION_CONFIG_PATH]: 'kept: true\n' };
  expect(encryptionFile({ found: [{ host: 'n1', files }], now })).toEqual({ content: 'kept: true\n' });
  const made = parse(encryptionFile({ found: [], now }).content) as {
    resources: [{ providers: [{ secretbox: { keys: [{ secret: string }] } }, unknown] }];
  };
  expect(Buffer.from(made.resources[0].providers[0].secretbox.keys[0].secret, 'base64')).toHaveLength(32);
  expect(made.resources[0].providers[1]).toEqual({ identity: {} });
});
