import { createReadStream } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Arch, ArtifactSet, BinaryArtifact, ImageArtifact } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { mirrored, type Mirror } from '../mirror.js';
import type { OfficialFile } from './file.js';
import { findChecksum } from './checksums.js';
import { download, fetchText, type DownloadOptions } from './download.js';
import { LOCK_FILE, readLockFile, writeLockFile, type LockFile } from './lock-file.js';
import { partialFile, readUnpacked, writeUnpacked, type Unpacked } from './unpacked.js';
import { storedFile } from '../store/paths.js';
import { unpackMembers } from '../images/read-tar.js';
import { digestFile, isStored, keep, withTemporaryFolder, type Stored } from '../store/store.js';
import { withStoreLock } from '../store/lock.js';
import { imageRefs, type ImageSupply, type Supply } from '../supply.js';

export interface OfficialOptions {
  readonly supply: Required<Supply>;
  readonly kubernetesVersion: string;
  readonly arch: Arch;
  readonly mirror: Mirror;
  readonly baseUrl?: string | undefined;
  readonly inventoryDir: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly retries?: Pick<DownloadOptions, 'attempts' | 'backoffMs' | 'idleSeconds'>;
}

/**
 * Official releases: what the store does not have is downloaded and checked, against the lock file beside the inventory
 * or, at first use, against the origin's own checksum file, which the lock file then keeps. Hosts pull the images.
 * Throws 'artifact'.
 */
export async function officialArtifacts(options: OfficialOptions): Promise<ArtifactSet> {
  const catalogue = options.supply.files(options.kubernetesVersion, options.arch);
  const locked = await readLockFile(options.inventoryDir);
  const known = await Promise.all(catalogue.map((file) => fromStore(file, locked)));
  const unpacked = known.every((one) => one !== undefined)
    ? known
    : await withStoreLock(() => fetchAll(catalogue, options), {
        onWait: (holder) =>
          options.emit({ type: 'progress', text: `waiting for another kinit that fetches artifacts (${holder})` }),
        signal: options.signal,
      });
  return setOf(options, (file) => unpacked[catalogue.indexOf(file)], catalogue);
}

type StoredOptions = Pick<OfficialOptions, 'supply' | 'kubernetesVersion' | 'arch' | 'mirror' | 'inventoryDir'>;

/** The same from what is here already; of programs that are not, the digest is ''. Nothing is fetched or written. */
export async function officialAsStored(options: StoredOptions): Promise<ArtifactSet> {
  const catalogue = options.supply.files(options.kubernetesVersion, options.arch);
  const locked = await readLockFile(options.inventoryDir);
  const known = await Promise.all(catalogue.map((file) => fromStore(file, locked)));
  return setOf(options, (file) => known[catalogue.indexOf(file)], catalogue);
}

function setOf(
  { arch, kubernetesVersion, supply, mirror }: Pick<StoredOptions, 'arch' | 'kubernetesVersion' | 'supply' | 'mirror'>,
  unpackedOf: (file: OfficialFile) => Unpacked | undefined,
  catalogue: readonly OfficialFile[],
): ArtifactSet {
  return {
    arch,
    source: 'official',
    kubernetesVersion,
    binaries: catalogue.flatMap((file) => binaries(file, unpackedOf(file))),
    images: officialImages(supply.images, kubernetesVersion, mirror),
  };
}

/** Whether officialArtifacts would find everything here. */
export async function officialIsStored({
  supply,
  kubernetesVersion,
  arch,
  inventoryDir,
}: Pick<OfficialOptions, 'supply' | 'kubernetesVersion' | 'arch' | 'inventoryDir'>): Promise<boolean> {
  const lock = await readLockFile(inventoryDir);
  const known = await Promise.all(supply.files(kubernetesVersion, arch).map((file) => fromStore(file, lock)));
  return known.every((one) => one !== undefined);
}

async function fetchAll(catalogue: readonly OfficialFile[], options: OfficialOptions): Promise<Unpacked[]> {
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

async function fetchOne(file: OfficialFile, lock: LockFile, options: OfficialOptions): Promise<Unpacked> {
  const pinned = lock.files[file.url];
  const expected = pinned ?? (await publishedChecksum(file, options));
  const record =
    (await unpackedInStore(expected.sha256)) ??
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
  options: OfficialOptions,
): Promise<Unpacked> {
  const url = mirrored(file.url, options);
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
  const record = await unpack(file, partial, found, options.signal);
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
  options: OfficialOptions,
): Promise<{ sha256: string; checksumFrom: string }> {
  const mirror = mirrored(file.checksumUrl, options);
  // An origin of the user's own speaks for itself: its network may be closed.
  const urls = options.baseUrl !== undefined ? [mirror] : [...new Set([file.checksumUrl, mirror])];
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

async function fromStore(file: OfficialFile, lock: LockFile): Promise<Unpacked | undefined> {
  const pinned = lock.files[file.url];
  const record = pinned === undefined ? undefined : await unpackedInStore(pinned.sha256);
  return record !== undefined && file.programs.every(({ name }) => record.programs[name] !== undefined)
    ? record
    : undefined;
}

async function unpackedInStore(sha256: string): Promise<Unpacked | undefined> {
  const record = await readUnpacked(sha256);
  if (record === undefined) return undefined;
  return (await Promise.all(Object.values(record.programs).map(isStored))).every(Boolean) ? record : undefined;
}

function binaries(file: OfficialFile, unpacked: Unpacked | undefined): BinaryArtifact[] {
  return file.programs.map(({ name, installPath, links, group }) => {
    const stored = unpacked?.programs[name] ?? { sha256: '', size: 0 };
    const localFile = stored.sha256 === '' ? '' : storedFile(stored.sha256);
    return { name, version: file.version, localFile, ...stored, installPath, links, group };
  });
}

function officialImages(images: readonly ImageSupply[], kubernetesVersion: string, mirror: Mirror): ImageArtifact[] {
  const refs = imageRefs(images, kubernetesVersion, mirror);
  return images
    .filter(({ builtOnly }) => builtOnly !== true)
    .map(({ name, on, pinned }) => ({
      name,
      refs: [refs[name] ?? name],
      on,
      ...(pinned === true ? { pinned } : {}),
    }));
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
