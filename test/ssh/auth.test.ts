import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, expect, test, vi } from 'vitest';
import { credentials, isEncrypted } from '../../src/ssh/auth.js';
import { scratch } from './scratch.js';

const folder = scratch();
const openssh = ssh2.utils.generateKeyPairSync('ed25519').private;
const encrypted = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 }).private;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });

function save(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test('whether a key needs a passphrase stands in its own header', () => {
  expect(isEncrypted(openssh)).toBe(false);
  expect(isEncrypted(encrypted)).toBe(true);
  expect(isEncrypted(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())).toBe(false);
  expect(isEncrypted(privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString())).toBe(true);
  expect(isEncrypted(privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString())).toBe(true);
});

test('a named key is the only one that is tried', async () => {
  vi.stubEnv('SSH_AUTH_SOCK', '/nowhere');
  const file = save('plain', openssh);
  const found = await credentials({ host: 'node1', user: 'root', identityFile: file });
  expect(found.tried).toEqual([expect.stringMatching(/plain \(ED25519 SHA256:\S+\)$/)]);
});

test('an encrypted key without an agent says how to unlock it', async () => {
  vi.stubEnv('SSH_AUTH_SOCK', '');
  const file = save('locked', encrypted);
  await expect(credentials({ host: 'node1', user: 'root', identityFile: file })).rejects.toMatchObject({ context: { class: 'access', host: 'node1', hint: expect.stringContaining(`ssh-add ${file}`) as unknown } });
});

test('a missing file and a public key are told apart', async () => {
  await expect(credentials({ host: 'node1', user: 'root', identityFile: join(folder, 'none') })).rejects.toThrow('the SSH key for node1 cannot be read');
  const file = save('key.pub', ssh2.utils.generateKeyPairSync('ed25519').public);
  await expect(credentials({ host: 'node1', user: 'root', identityFile: file })).rejects.toThrow(`${file} is not an SSH private key`);
});

test('without any key, what was looked for is named', async () => {
  vi.stubEnv('SSH_AUTH_SOCK', '');
  vi.stubEnv('HOME', folder);
  await expect(credentials({ host: 'node1', user: 'root' })).rejects.toMatchObject({ context: { tried: 'SSH agent, ~/.ssh/id_ed25519, ~/.ssh/id_ecdsa, ~/.ssh/id_rsa', found: expect.stringContaining('no SSH agent') as unknown } });
});
