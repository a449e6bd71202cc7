import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { credentials } from '../../../src/ssh/login/auth.js';
import type { Credentials } from '../../../src/ssh/login/auth.js';
import { createKeyRing } from '../../../src/ssh/keys/key-ring.js';
import type { Hop } from '../../../src/ssh/connect/route.js';
import { ed25519KeyPair } from '../key-pair.js';
import { scratch } from '../scratch.js';

const folder = scratch();
const locked = ed25519KeyPair({ passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 }).private;

function save(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

const find = (changes: Partial<Hop> = {}): Promise<Credentials> =>
  credentials(
    {
      name: 'node1',
      address: '10.0.0.1',
      port: 22,
      user: 'root',
      knownHostsFiles: ['/k'] as const,
      identityFiles: [],
      identityRequired: false,
      certificateFiles: [],
      identitiesOnly: false,
      ...changes,
    },
    createKeyRing(undefined),
    undefined,
  );
const named = (file: string): Partial<Hop> => ({ identityFiles: [file], identityRequired: true, identitiesOnly: true });

test('a named key is the only one that is tried; the agent is not even asked', async () => {
  const found = await find({
    ...named(save('plain', ed25519KeyPair().private)),
    agent: '/nowhere',
  });
  expect(found.identities).toMatchObject({
    tried: [expect.stringMatching(/plain \(ED25519 SHA256:\S+\)$/)],
    notes: [],
  });
});

test('an encrypted key without agent, terminal and passphrase says how to unlock it', async () => {
  const file = save('locked', locked);
  await expect(find(named(file))).rejects.toMatchObject({
    message: 'the SSH key for node1 is encrypted, and no SSH agent holds it',
    context: { class: 'access', hint: expect.stringContaining(`ssh-add ${file}`) as unknown },
  });
});

test('a wrong passphrase says where it came from, and not what it is', async () => {
  vi.stubEnv('KEY_WORD', 'hunter2');
  const { identities } = await find({ ...named(save('locked2', locked)), passphrase: { env: 'KEY_WORD' } });
  const failure = identities.offered[0]?.sign(Buffer.from('x'), undefined);
  await expect(failure).rejects.toMatchObject({
    message: `the passphrase of ${join(folder, 'locked2')} is wrong`,
    context: { tried: expect.stringContaining('KEY_WORD') as unknown },
  });
  await expect(failure).rejects.not.toMatchObject({
    context: { tried: expect.stringContaining('hunter2') as unknown },
  });
});

test('a missing file and one without a key are told apart', async () => {
  await expect(find(named(join(folder, 'none')))).rejects.toThrow('the SSH key for node1 cannot be read');
  const file = save('text', 'hello');
  await expect(find(named(file))).rejects.toThrow(`${file} is not an SSH key`);
});

test('files that only a configuration names need not be there', async () => {
  await expect(find({ identityFiles: [join(folder, 'none')], identitiesOnly: true })).rejects.toThrow(
    'there is no SSH key to log in to node1 with',
  );
});

test('without any key, what was looked for is named', async () => {
  vi.stubEnv('HOME', folder);
  await expect(find()).rejects.toMatchObject({
    context: {
      tried: 'SSH agent, ~/.ssh/id_ed25519, ~/.ssh/id_ecdsa, ~/.ssh/id_rsa, ~/.ssh/id_ed25519_sk, ~/.ssh/id_ecdsa_sk',
      found: expect.stringContaining('no SSH agent') as unknown,
    },
  });
});

test('who names a password and no key means the password: no key is offered', async () => {
  vi.stubEnv('HOME', folder);
  expect((await find({ password: { env: 'P' }, agent: '/nowhere' })).identities.offered).toEqual([]);
});
