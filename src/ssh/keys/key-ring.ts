import type { ParsedKey } from 'ssh2';
import { KinitError } from '../../model/error.js';
import type { AskSecret, SecretSource } from '../../model/secret.js';
import { decrypt } from './key-file.js';
import type { KeyFile } from './key-file.js';
import { readSecret } from '../login/secret.js';

/** Opens encrypted keys, each once for all hosts: that takes a tenth of a second of computing. */
export interface KeyRing {
  readonly canOpen: (source: SecretSource | undefined) => boolean;
  /** Throws KinitError 'access' where the passphrase is missing or wrong. */
  readonly open: (file: KeyFile, source: SecretSource | undefined) => Promise<ParsedKey>;
}

const ATTEMPTS = 3;

export function createKeyRing(ask: AskSecret | undefined): KeyRing {
  const opened = new Map<string, Promise<ParsedKey>>();
  return {
    canOpen: (source) => source !== undefined || ask !== undefined,
    open: (file, source) => {
      const key = `${file.file}\n${source?.env ?? ''}\n${source?.file ?? ''}`;
      const known = opened.get(key);
      if (known !== undefined) return known;
      const opening = source === undefined ? openAsking(file, ask) : openFrom(file, source);
      opened.set(key, opening);
      return opening;
    },
  };
}

async function openFrom(file: KeyFile, source: SecretSource): Promise<ParsedKey> {
  const key = decrypt(file, await readSecret(source, `the passphrase of ${file.file}`));
  if (key !== undefined) return key;
  throw new KinitError(`the passphrase of ${file.file} is wrong`, {
    class: 'access',
    tried: `open it with what ${source.env === undefined ? `stands in ${source.file ?? ''}` : `the environment variable ${source.env} holds`}`,
    hint: 'Try it: ssh-keygen -y -f KEY asks for the passphrase and prints the public key.',
  });
}

async function openAsking(file: KeyFile, ask: AskSecret | undefined): Promise<ParsedKey> {
  for (let attempt = 1; attempt <= ATTEMPTS && ask !== undefined; attempt += 1) {
    const again = attempt === 1 ? '' : 'That was not it. ';
    const key = decrypt(
      file,
      await ask({
        id: `passphrase ${file.file} ${String(attempt)}`,
        text: `${again}Passphrase of the SSH key ${file.file}`,
      }),
    );
    if (key !== undefined) return key;
  }
  throw new KinitError(`the passphrase of ${file.file} is wrong`, {
    class: 'access',
    tried: 'ask for it three times',
    hint: 'Try it: ssh-keygen -y -f KEY asks for the passphrase and prints the public key.',
  });
}
