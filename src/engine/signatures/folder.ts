import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KinitError } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { Answers } from '../../pki/index.js';

/** Where requests for CAs without a key are written, and their answers looked for: one place that every command knows. */
export function requestsFolder({ spec, file }: LoadedInventory): string {
  return spec.pki.requestsDir ?? join(dirname(file), 'requests');
}

/** What has been put beside the requests. */
export function answersIn(folder: string): Answers {
  return {
    folder,
    read: async (name) => {
      const cert = await readRequestFile(join(folder, `${name}.crt`));
      if (cert === undefined) return undefined;
      const key = await readRequestFile(join(folder, `${name}.key`));
      return key === undefined ? { cert } : { cert, key };
    },
  };
}

/** One of its files; undefined: it is not there. */
export async function readRequestFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new KinitError(`${file} cannot be read`, {
      class: 'access',
      found: code,
      hint: 'Make it a file that you may read.',
      cause,
    });
  }
}
