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
  for (const entry of entries) {
    yield* headers(entry);
    if (entry.content === undefined) continue;
    if (entry.content instanceof Uint8Array) yield entry.content;
    else
      for await (const chunk of createReadStream(entry.content.localFile, { highWaterMark: 1024 * 1024 }))
        yield chunk as Buffer;
    yield padding(contentSize(entry));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Reads the members of a tar file (ustar, GNU or pax). Devices and pipes are left out. */
export function readTar(bytes: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  let extended: Record<string, string> = {};
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = readNumber(header.subarray(124, 136));
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const flag = String.fromCharCode(header[156] ?? 0);
    if (flag === 'x') extended = { ...extended, ...readPax(content) };
    else if (flag === 'L') extended = { ...extended, path: readText(content) };
    else if (flag === 'K') extended = { ...extended, linkpath: readText(content) };
    else if (flag !== 'g') {
      const entry = readEntry(header, flag, content, extended);
      if (entry !== undefined) entries.push(entry);
      extended = {};
    }
  }
  return entries;
}

function readEntry(
  header: Buffer,
  flag: string,
  content: Buffer,
  extended: Readonly<Record<string, string>>,
): TarEntry | undefined {
  const type =
    flag === '\0'
      ? 'file'
      : (Object.entries(TYPE_FLAGS).find(([, value]) => value === flag)?.[0] as TarEntry['type'] | undefined);
  if (type === undefined) return undefined;
  const prefix =
    header.subarray(257, 262).toString() === 'ustar' && header[263] === 0x30 ? readText(header.subarray(345, 500)) : '';
  const name = readText(header.subarray(0, 100));
  const target = extended['linkpath'] ?? readText(header.subarray(157, 257));
  const common = {
    path: clean(extended['path'] ?? (prefix === '' ? name : `${prefix}/${name}`)),
    type,
    mode: readNumber(header.subarray(100, 108)) & 0o7777,
    uid: readNumber(header.subarray(108, 116)),
    gid: readNumber(header.subarray(116, 124)),
  };
  if (type === 'file') return { ...common, content };
  if (type === 'directory') return common;
  return { ...common, target: type === 'hardlink' ? clean(target) : target };
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

function readPax(content: Buffer): Record<string, string> {
  const records: Record<string, string> = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.subarray(at, space).toString());
    if (space < 0 || !(length > 0)) break;
    const record = content.subarray(space + 1, at + length - 1).toString();
    records[record.slice(0, record.indexOf('='))] = record.slice(record.indexOf('=') + 1);
    at += length;
  }
  return records;
}

function contentSize(entry: TarEntry): number {
  if (entry.content === undefined) return 0;
  return entry.content instanceof Uint8Array ? entry.content.length : entry.content.size;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function readText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString();
}

function readNumber(bytes: Buffer): number {
  return Number.parseInt(readText(bytes).trim() || '0', 8);
}

function clean(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}
