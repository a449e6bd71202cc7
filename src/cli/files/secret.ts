import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KinitError } from '../../model/error.js';

/** Writes a file of mode 600 on this machine: never readable by others, from the first byte on. */
export function writeSecretFile(file: string, content: string | Uint8Array): Promise<void> {
  return writeFileBeside(file, content, 0o600);
}

/** Writes a file on this machine: beside its target, with its final mode, synced, then renamed. Missing folders are made (0700). */
export async function writeFileBeside(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  // A link (dotfiles kept elsewhere) stays a link: its target is replaced.
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new KinitError(`${file} cannot be written`, {
      class: 'access',
      found: codeOf(cause),
      hint: 'Name another file.',
      cause,
    });
  }
}

/** undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new KinitError(`${file} cannot be read`, {
      class: 'access',
      found: codeOf(cause),
      hint: 'Name another file with --out FILE.',
      cause,
    });
  }
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
}
