import { open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { KinitError } from '../../../model/error.js';
import { replaceFile, writeSecretFile } from '../secret.js';

/**
 * Puts another text into a kubeconfig that somebody uses: mode, owner and links stay, and what was in it is kept beside it
 * (mode 600). kubectl's own lock is held meanwhile. Gives the name of the copy; undefined where the file is new.
 */
export async function rewriteKubeconfig(
  file: string,
  before: string | undefined,
  text: string,
): Promise<string | undefined> {
  if (before === undefined) {
    await writeSecretFile(file, text);
    return undefined;
  }
  const target = await realpath(file);
  return withLock(`${target}.lock`, async () => {
    if ((await readFile(target, 'utf8')) !== before) throw changedMeanwhile(file);
    const copy = `${target}.before-kinit-${new Date().toISOString().replace(/[:.]/g, '')}`;
    const was = await stat(target);
    await replaceFile(copy, before, { ...was, mode: 0o600 });
    await replaceFile(target, text, was);
    return copy;
  });
}

/** Those that others on this machine may read: a file that somebody uses keeps its mode. */
export async function readableByOthers(files: readonly string[]): Promise<readonly string[]> {
  const modes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mode }) => mode,
        () => 0,
      ),
    ),
  );
  return files.filter((_, index) => ((modes[index] ?? 0) & 0o044) !== 0);
}

function changedMeanwhile(file: string): KinitError {
  return new KinitError(`${file} was changed by somebody else meanwhile; nothing was written`, {
    class: 'locked',
    hint: 'Run the same command again.',
  });
}

/** client-go locks a kubeconfig by this file while it writes it (clientcmd: lockFile). */
async function withLock<T>(lock: string, use: () => Promise<T>): Promise<T> {
  const handle = await open(lock, 'wx', 0o600).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') return undefined;
    throw new KinitError('kubectl, or another kinit, is writing this kubeconfig', {
      class: 'locked',
      found: `${lock} exists`,
      hint: 'Run the same command again. Where nothing else is at work, remove that file.',
      cause,
    });
  });
  try {
    return await use();
  } finally {
    await handle?.close();
    if (handle !== undefined) await rm(lock, { force: true });
  }
}
