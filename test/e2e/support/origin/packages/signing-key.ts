import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../../../../src/ssh/local.js';

/** A key of OpenPGP that was made for a test. */
export interface SigningKey {
  /** Its public half, armored. */
  readonly file: string;
  readonly text: string;
  readonly fingerprint: string;
  /** A text with its signature around it. */
  readonly clearsign: (text: string) => Promise<string>;
  readonly name: string;
  /** Its secret half, armored. */
  readonly secret: () => Promise<string>;
}

/** @param home a folder of its own; a short one, for gpg makes a socket in it */
export async function makeSigningKey(home: string, name: string): Promise<SigningKey> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const gpg = async (args: readonly string[], input?: string): Promise<string> =>
    (
      await runLocal('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...args], {
        timeoutSeconds: 60,
        ...(input === undefined ? {} : { input }),
      })
    ).stdout;
  await gpg(['--quick-generate-key', name, 'rsa2048', 'sign', 'never']);
  const text = await gpg(['--armor', '--export']);
  const file = join(home, 'public.asc');
  await writeFile(file, text);
  const listed = await gpg(['--with-colons', '--list-keys']);
  const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? '';
  await runLocal('gpgconf', ['--homedir', home, '--kill', 'all'], { timeoutSeconds: 30 });
  return {
    ...{ file, text: await readFile(file, 'utf8'), fingerprint, name },
    secret: () => gpg(['--armor', '--export-secret-keys']),
    clearsign: async (plain) => {
      const signed = await gpg(['--clearsign'], plain);
      await runLocal('gpgconf', ['--homedir', home, '--kill', 'all'], { timeoutSeconds: 30 });
      return signed;
    },
  };
}
