import { createReadStream } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { mirrored, type Origins } from '../mirror.js';
import type { OfficialFile } from './file.js';
import { findChecksum } from './checksums.js';
import { download, fetchText, type DownloadOptions } from './download.js';
import { fromStore, unpackedInStore } from './in-store.js';
import { LOCK_FILE, readLockFile, writeLockFile, type LockFile } from './lock-file.js';
import { partialFile, readUnpacked, writeUnpacked, type Unpacked } from './unpacked.js';
import { unpackMembers } from '../images/read-tar.js';
import { digestFile, keep, withTemporaryFolder, type Stored } from '../store/store.js';

export interface FetchOptions {
  readonly origins: Origins;
  readonly inventoryDir: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly retries?: Pick<DownloadOptions, 'attempts' | 'backoffMs' | 'idleSeconds'>;
}

/** Every file of the catalogue, in its order; the caller holds the lock of the store. Throws 'artifact'. */
export async function fetchAll(catalogue: readonly OfficialFile[], options: FetchOptions): Promise<Unpacked[]> {
  const results: Unpacked[] = [];
  for (const [i, file] of catalogue.entries()) {
    const lock = await readLockFile(options.inventoryDir);
    const stored = await fromStore(file, lock);
    if (stored !== undefined) {
      results.push(stored);
      continue;
    }
    options.emit({
      type: 'progress',
      text: `downloading ${nameOf(file.url)} ${file.version} (${i + 1} of ${catalogue.length})`,
    });
    results.push(await fetchOne(file, lock, options));
  }
  return results;
}

async function fetchOne(file: OfficialFile, lock: LockFile, options: FetchOptions): Promise<Unpacked> {
  const pinned = lock.files[file.url];
  const expected = pinned ?? (await publishedChecksum(file, options));
  const record =
    (await unpackedInStore(file, expected.sha256)) ??
    (await fetchAndUnpack(file, expected.sha256, pinned !== undefined, options));
  if (pinned === undefined) {
    // Read again: another architecture's files may have been added meanwhile.
    const current = await readLockFile(options.inventoryDir);
    await writeLockFile(options.inventoryDir, { ...current, files: { ...current.files, [file.url]: expected } });
  }
  return record;
}

async function fetchAndUnpack(
  file: OfficialFile,
  sha256: string,
  pinned: boolean,
  options: FetchOptions,
): Promise<Unpacked> {
  const url = mirrored(file.url, options.origins);
  const partial = partialFile(url, sha256);
  const length = await download(url, partial, {
    signal: options.signal,
    ...options.retries,
    onRetry: (why) => options.emit({ type: 'progress', text: `downloading ${nameOf(file.url)} again: ${why}` }),
  });
  const found = await digestFile(partial);
  if (found.sha256 !== sha256) {
    await rm(partial, { force: true });
    throw new KinitError(`${nameOf(file.url)} is not the file it should be`, {
      class: 'artifact',
      tried: `GET ${url}, sha256`,
      found: `sha256 ${found.sha256}, ${pinned ? `${LOCK_FILE} says` : "the origin's checksum file says"} ${sha256}`,
      hint:
        length === 'unsure'
          ? 'The server, or a proxy on the way, did not say how long the file is: it may have been cut. Run again; if it stays so, try another mirror or proxy.'
          : pinned
            ? `If the origin really replaced this release, remove its entry from ${join(options.inventoryDir, LOCK_FILE)}. Else somebody changed it on the way: do not use it.`
            : 'Try again, or another mirror. If it stays so, somebody changed it on the way: do not use it.',
    });
  }
  const unpacked = await unpack(file, partial, found, options.signal);
  // What others took out of the same file stays known.
  const before = await readUnpacked(sha256);
  const record = { ...unpacked, programs: { ...before?.programs, ...unpacked.programs } };
  await writeUnpacked(record);
  await rm(partial, { force: true });
  return record;
}

async function unpack(file: OfficialFile, archive: string, stored: Stored, signal: AbortSignal): Promise<Unpacked> {
  return withTemporaryFolder(async (folder) => {
    const files = new Map(file.programs.map(({ name }) => [name, join(folder, name)]));
    const members = new Map(
      file.programs.flatMap(({ name, member }) => (member === undefined ? [] : [[member, join(folder, name)]])),
    );
    if (members.size > 0) await unpackArchive(archive, members, signal);
    else for (const path of files.values()) await copyFile(archive, path);
    const programs: Record<string, Stored> = {};
    for (const [name, path] of files) programs[name] = await keep(path, 0o755);
    return { url: file.url, version: file.version, file: stored, programs };
  });
}

/** Throws 'artifact' for an archive that is broken or lacks one of the members. */
async function unpackArchive(
  archive: string,
  members: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const broken = (message: string, found: string): KinitError =>
    new KinitError(message, { class: 'artifact', tried: `unpack ${archive}`, found });
  const source = [createReadStream(archive, { signal }), createGunzip()] as const;
  const names = await unpackMembers(source, members).catch((error: unknown) => {
    if (signal.aborted) throw new KinitError('unpacking was interrupted', { class: 'interrupted', cause: error });
    throw broken(`${basename(archive)} cannot be unpacked`, error instanceof Error ? error.message : String(error));
  });
  for (const member of members.keys())
    if (!names.some((name) => name === member || name === `./${member}`))
      throw broken(`${member} is not in the release's tar file`, names.slice(0, 20).join(' '));
}

/** From the official origin over TLS; where that does not answer and a mirror is set, from the mirror. */
async function publishedChecksum(
  file: OfficialFile,
  options: FetchOptions,
): Promise<{ sha256: string; checksumFrom: string }> {
  const mirror = mirrored(file.checksumUrl, options.origins);
  // An origin of the user's own speaks for itself: its network may be closed.
  const urls = options.origins.baseUrl !== undefined ? [mirror] : [...new Set([file.checksumUrl, mirror])];
  let failure: unknown;
  for (const [i, url] of urls.entries()) {
    const last = i === urls.length - 1;
    try {
      const text = await fetchText(url, {
        signal: options.signal,
        ...options.retries,
        ...(last ? {} : { attempts: 1, timeoutSeconds: 5 }),
      });
      const sha256 = findChecksum(text, nameOf(file.url));
      if (sha256 !== undefined) return { sha256, checksumFrom: url };
      failure = new KinitError(`${url} does not name ${nameOf(file.url)}`, {
        class: 'artifact',
        tried: `GET ${url}`,
        found: text.slice(0, 200),
        hint: 'Perhaps a login page of the network answered. Look at the address in a browser.',
      });
    } catch (error) {
      if (error instanceof KinitError && error.context.class === 'interrupted') throw error;
      failure = error;
    }
  }
  throw failure;
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
