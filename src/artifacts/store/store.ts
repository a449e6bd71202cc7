import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storedFile, storeFolder } from './paths.js';

/** One file of the store. */
export interface Stored {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Moves a finished file into the store under its digest. Readers see all of it or nothing. */
export async function keep(temporaryFile: string, mode: number): Promise<Stored> {
  const stored = await digestFile(temporaryFile);
  const target = storedFile(stored.sha256);
  await mkdir(dirname(target), { recursive: true });
  await chmod(temporaryFile, mode);
  await sync(temporaryFile);
  await rename(temporaryFile, target);
  return stored;
}

/** Whether the store has this file whole. By size only: content is checked again on the host that gets it. */
export async function isStored(file: Stored): Promise<boolean> {
  try {
    return (await stat(storedFile(file.sha256))).size === file.size;
  } catch {
    return false;
  }
}

/** Removes, of these, what has another content than its digest says; gives what went. What is absent is passed over. */
export async function removeDamaged<F extends Stored>(files: readonly F[]): Promise<F[]> {
  const damaged: F[] = [];
  for (const file of files) {
    const path = storedFile(file.sha256);
    const found = await digestFile(path).catch(() => undefined);
    if (found === undefined || found.sha256 === file.sha256) continue;
    await rm(path, { force: true });
    damaged.push(file);
  }
  return damaged;
}

/** A folder inside the store's file system, so that a rename out of it is atomic; removed when the work is done. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(storeFolder(), 'tmp', `${process.pid}-${randomBytes(6).toString('hex')}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function digestFile(file: string): Promise<Stored> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    size += bytes.length;
  }
  return { sha256: hash.digest('hex'), size };
}

/** Writes JSON beside its target and renames it. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx', 0o644);
  try {
    await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** undefined where the file does not exist. Throws SyntaxError on what is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
