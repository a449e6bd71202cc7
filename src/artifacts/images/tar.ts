import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Stored } from '../store/store.js';

/** One member of a tar file. Times are always 0, so that the same content gives the same digest. */
export interface TarEntry {
  /** Without a leading slash or ./ and without a trailing slash. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Target of a link; of a hard link: a path of this archive. */
  readonly target?: string;
  readonly content?: Uint8Array | { readonly localFile: string; readonly size: number };
  /** Extended attributes by name, for example security.capability. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

const BLOCK = 512;
const TYPE_FLAGS = { file: '0', hardlink: '1', symlink: '2', directory: '5' } as const;

/** Writes a POSIX (pax) tar file and gives its digest and size. */
export async function writeTar(file: string, entries: readonly TarEntry[]): Promise<Stored> {
  const handle = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const bytes of tarBytes(entries)) {
      hash.update(bytes);
      size += bytes.length;
      await handle.writeFile(bytes);
    }
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), size };
}

/** The bytes of a POSIX (pax) tar file. */
export async function* tarBytes(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) yield* entryBytes(entry);
  yield Buffer.alloc(2 * BLOCK);
}

/** One entry's part of a tar file, without what ends one: it may stand in front of another tar file. */
export async function* entryBytes(entry: TarEntry): AsyncGenerator<Uint8Array> {
  yield* headers(entry);
  if (entry.content === undefined) return;
  if (entry.content instanceof Uint8Array) yield entry.content;
  else
    for await (const chunk of createReadStream(entry.content.localFile, { highWaterMark: 1024 * 1024 }))
      yield chunk as Buffer;
  yield padding(contentSize(entry));
}

function headers(entry: TarEntry): Buffer[] {
  const records: [string, Uint8Array][] = Object.entries(entry.xattrs ?? {}).map(([name, value]) => [
    `SCHILY.xattr.${name}`,
    value,
  ]);
  const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  if (Buffer.byteLength(path) > 100) records.push(['path', Buffer.from(path)]);
  if (entry.target !== undefined && Buffer.byteLength(entry.target) > 100)
    records.push(['linkpath', Buffer.from(entry.target)]);
  const main = ustar(path, TYPE_FLAGS[entry.type], entry.mode, contentSize(entry), entry);
  if (records.length === 0) return [main];
  const pax = Buffer.concat(records.map(([name, value]) => paxRecord(name, value)));
  return [ustar('PaxHeaders/0', 'x', 0o644, pax.length, {}), pax, padding(pax.length), main];
}

function ustar(
  path: string,
  flag: string,
  mode: number,
  size: number,
  rest: Pick<TarEntry, 'uid' | 'gid' | 'target'>,
): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  Buffer.from(path).copy(block, 0, 0, 100);
  block.write(octal(mode, 8) + octal(rest.uid ?? 0, 8) + octal(rest.gid ?? 0, 8) + octal(size, 12) + octal(0, 12), 100);
  block.write(`        ${flag}`, 148);
  Buffer.from(rest.target ?? '').copy(block, 157, 0, 100);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** "<length> <name>=<value>\n", where the length counts itself. */
function paxRecord(name: string, value: Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${name}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function contentSize(entry: TarEntry): number {
  if (entry.content === undefined) return 0;
  return entry.content instanceof Uint8Array ? entry.content.length : entry.content.size;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
