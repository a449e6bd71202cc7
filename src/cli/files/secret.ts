import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readFile, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KinitError } from '../../model/error.js';

/** What a file gets: at once, or as it comes. */
type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Writes a file of mode 600 on this machine: never readable by others, from the first byte on. Throws what a stream throws that is no matter of the file. */
export function writeSecretFile(file: string, content: Content): Promise<void> {
  return writeFileBeside(file, content, 0o600);
}

/** Writes a file on this machine: beside its target, with its final mode, synced, then renamed. Missing folders are made (0700). */
export function writeFileBeside(file: string, content: Content, mode: number): Promise<void> {
  return replace(file, content, mode);
}

interface Keeping {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The same for a file that keeps its mode and owner. Where it cannot be given back to its owner, it is written in place. */
export async function replaceFile(file: string, content: string, { mode, uid, gid }: Keeping): Promise<void> {
  const keep = async (handle: FileHandle): Promise<boolean> => {
    const made = await handle.stat();
    if (made.uid !== uid || made.gid !== gid) {
      const given = await handle.chown(uid, gid).then(
        () => true,
        () => false,
      );
      if (!given) return false;
    }
    // Exactly, whatever the umask is.
    await handle.chmod(mode & 0o7777);
    return true;
  };
  await replace(file, content, 0o600, keep);
}

/** @param keep sets what is to be as it was; false: it could not */
async function replace(
  file: string,
  content: Content,
  mode: number,
  keep: (handle: FileHandle) => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> {
  // What would stand in its place afterwards is a file, for everybody on this machine.
  if (await isStream(file)) return writeThrough(file, content);
  // A link (dotfiles kept elsewhere) stays a link: its target is replaced.
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', mode);
    let kept: boolean;
    try {
      await fill(handle, content);
      kept = await keep(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (kept) await rename(temporary, target);
    else await copyFile(temporary, target);
    if (!kept) await rm(temporary, { force: true });
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(file, cause);
  }
}

async function writeThrough(file: string, content: Content): Promise<void> {
  try {
    const handle = await open(file, 'w');
    try {
      await fill(handle, content);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

function unwritable(file: string, cause: unknown): KinitError {
  if (cause instanceof KinitError) return cause;
  return new KinitError(`${file} cannot be written`, {
    class: 'access',
    found: whyOf(cause),
    hint: 'Name another file.',
    cause,
  });
}

async function fill(handle: FileHandle, content: Content): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) return handle.writeFile(content);
  // Each goes on where the last one ended.
  for await (const chunk of content) await handle.writeFile(chunk);
}

/** What would be replaced; undefined where nothing is: a device or a pipe has nothing, and reading it may never end. */
export async function readTarget(file: string): Promise<string | undefined> {
  return (await isStream(file)) ? undefined : readIfThere(file);
}

/** A device or a pipe: neither a file nor a folder. */
export async function isStream(file: string): Promise<boolean> {
  return stat(file).then(
    (there) => !there.isFile() && !there.isDirectory(),
    () => false,
  );
}

/** undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new KinitError(`${file} cannot be read`, {
      class: 'access',
      found: whyOf(cause),
      hint: 'Name a file that you may read.',
      cause,
    });
  }
}

const WHY: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ENOTDIR: 'what it is to be in is no folder',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'no space is left of what you may use of the disk',
  EROFS: 'the disk is read-only',
  EACCES: 'you have no right to',
  EPERM: 'you have no right to',
};

/** What a file system answers, in words. */
export function whyOf(thrown: unknown): string {
  const code = codeOf(thrown);
  return code === undefined ? 'an unknown error' : (WHY[code] ?? code);
}

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException).code;
}
