import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decrypt, isEncrypted, readKeyFile } from '../../../src/ssh/keys/key-file.js';
import { ed25519KeyPair } from '../key-pair.js';
import { scratch } from '../scratch.js';

const folder = scratch();
const plain = ed25519KeyPair();
const locked = ed25519KeyPair({ passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 });
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });

function save(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

test('whether a key needs a passphrase stands in its own header', () => {
  expect(isEncrypted(plain.private)).toBe(false);
  expect(isEncrypted(locked.private)).toBe(true);
  expect(isEncrypted(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())).toBe(false);
  expect(
    isEncrypted(privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString()),
  ).toBe(true);
  expect(
    isEncrypted(privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString()),
  ).toBe(true);
});

test('which key an encrypted file holds is known without its passphrase', async () => {
  const file = await readKeyFile(save('locked', locked.private));
  expect(file.holds).toBe('encrypted');
  expect(`ssh-ed25519 ${file.publicKey?.getPublicSSH().toString('base64') ?? ''}`).toBe(
    locked.public.split(' ').slice(0, 2).join(' ').trim(),
  );
  expect(decrypt(file, 'wrong')).toBeUndefined();
  expect(decrypt(file, 'x')?.isPrivateKey()).toBe(true);
});

test('an encrypted PEM key is known by the .pub file beside it, if there is one', async () => {
  const file = save(
    'pem',
    privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString(),
  );
  expect((await readKeyFile(file)).publicKey).toBeUndefined();
  save('pem.pub', plain.public);
  expect((await readKeyFile(file)).publicKey?.type).toBe('ssh-ed25519');
});

test.each([
  ['private', plain.private],
  ['public', plain.public],
  ['nothing', 'something else'],
])('a file with %s', async (holds, text) => {
  expect((await readKeyFile(save(holds, text))).holds).toBe(holds);
});
