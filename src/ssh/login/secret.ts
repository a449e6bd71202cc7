import { readFile } from 'node:fs/promises';
import { KinitError } from '../../model/error.js';
import type { SecretSource } from '../../model/secret.js';
import { expandHome } from '../../model/text/home.js';

/** Reads a secret from where the inventory says it is. `what` names it in errors; they never hold it. */
export async function readSecret(source: SecretSource, what: string): Promise<string> {
  const { env, file } = source;
  if (env !== undefined) {
    const value = process.env[env];
    if (value !== undefined && value !== '') return value;
    throw new KinitError(
      `${what} is not there: the environment variable ${env} is ${value === undefined ? 'not set' : 'empty'}`,
      {
        class: 'access',
        tried: `read the environment variable ${env}`,
        hint: `Set it for kinit (in a shell that does not write it down: read -rs ${env}; export ${env}), or name another place in the inventory.`,
      },
    );
  }
  const path = expandHome(file ?? '');
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new KinitError(`${what} cannot be read`, {
      class: 'access',
      tried: `read ${path}`,
      found: cause.code ?? cause.message,
      hint: 'Correct the name of the file in the inventory, or its rights.',
      cause,
    });
  });
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line !== '') return line;
  throw new KinitError(`${what} is not there: the first line of ${path} is empty`, {
    class: 'access',
    tried: `read ${path}`,
    hint: 'Write it into the first line of that file (chmod 600), or name another place in the inventory.',
  });
}
