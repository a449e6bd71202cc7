import type { OfficialFile } from './file.js';
import type { LockFile } from './lock-file.js';
import { readUnpacked, type Unpacked } from './unpacked.js';
import { isStored } from '../store/store.js';

/** What the store has of a file, as the lock file binds it. */
export async function fromStore(file: OfficialFile, lock: LockFile): Promise<Unpacked | undefined> {
  const pinned = lock.files[file.url];
  return pinned === undefined ? undefined : unpackedInStore(file, pinned.sha256);
}

/** What the store has of a file of this digest; undefined where it lacks one of its programs: another kinit, or another file of the same content, took others out of it. */
export async function unpackedInStore({ programs }: OfficialFile, sha256: string): Promise<Unpacked | undefined> {
  const record = await readUnpacked(sha256);
  if (record === undefined || !programs.every(({ name }) => record.programs[name] !== undefined)) return undefined;
  return (await Promise.all(Object.values(record.programs).map(isStored))).every(Boolean) ? record : undefined;
}
