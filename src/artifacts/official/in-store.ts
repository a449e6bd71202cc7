import type { OfficialFile } from './file.js';
import type { LockFile } from './lock-file.js';
import { readUnpacked, type Unpacked } from './unpacked.js';
import { isStored } from '../store/store.js';

/** What the store has of a file, as the lock file binds it. */
export async function fromStore(file: OfficialFile, lock: LockFile): Promise<Unpacked | undefined> {
  const pinned = lock.files[file.url];
  const record = pinned === undefined ? undefined : await unpackedInStore(pinned.sha256);
  return record !== undefined && file.programs.every(({ name }) => record.programs[name] !== undefined)
    ? record
    : undefined;
}

export async function unpackedInStore(sha256: string): Promise<Unpacked | undefined> {
  const record = await readUnpacked(sha256);
  if (record === undefined) return undefined;
  return (await Promise.all(Object.values(record.programs).map(isStored))).every(Boolean) ? record : undefined;
}
