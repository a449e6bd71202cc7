import { createWriteStream } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Entry } from 'tar-stream';
import type { TarEntry } from './tar.js';

const TYPES: Readonly<Record<string, TarEntry['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  link: 'hardlink',
  symlink: 'symlink',
  directory: 'directory',
};

/** A tar file's bytes, and what they go through before they are one (gunzip). */
export type Archive = readonly [Readable, ...Duplex[]];

/** The members of a tar file (ustar, GNU or pax), contents in memory. Devices and pipes are left out. */
export async function readTar(archive: Archive): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  await eachMember(archive, async (member) => {
    const entry = await readEntry(member);
    if (entry !== undefined) entries.push(entry);
  });
  return entries;
}

/**
 * Writes the named files of a tar file, `to` giving where each goes; a member may stand as 'x' or './x' in it.
 * Gives the names of all members, as they stand there.
 */
export async function unpackMembers(archive: Archive, to: ReadonlyMap<string, string>): Promise<string[]> {
  const names: string[] = [];
  await eachMember(archive, async (member) => {
    names.push(member.header.name);
    const file = member.header.type === 'file' ? to.get(clean(member.header.name)) : undefined;
    if (file === undefined) member.resume();
    else await pipeline(member, createWriteStream(file, { mode: 0o600 }));
  });
  return names;
}

/** Contents of the regular files of a tar file that are wanted, by their paths. */
export async function readMembers(
  archive: Archive,
  isWanted: (header: Entry['header']) => boolean,
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  await eachMember(archive, async (member) => {
    if (member.header.type === 'file' && isWanted(member.header))
      contents.set(clean(member.header.name), await buffer(member));
    else member.resume();
  });
  return contents;
}

/** The first member of a tar file, its content in memory; undefined where it has none. Nothing behind it is read. */
export async function firstMember(
  archive: Archive,
): Promise<{ readonly name: string; readonly content: Buffer } | undefined> {
  const { extract } = await import('tar-stream');
  const members = extract();
  const feeding = pipeline([...archive, members]);
  // It ends with an error where the rest is not wanted.
  feeding.catch(() => undefined);
  for await (const member of members) return { name: clean(member.header.name), content: await buffer(member) };
  await feeding;
  return undefined;
}

/** Rejects where the archive ends too early, is none, or cannot be read. */
export async function eachMember(archive: Archive, work: (member: Entry) => Promise<void>): Promise<void> {
  const { extract } = await import('tar-stream');
  const members = extract();
  const feeding = pipeline([...archive, members]);
  // Its failure also ends the loop below, which tells it.
  feeding.catch(() => undefined);
  for await (const member of members) await work(member);
  await feeding;
}

async function readEntry(member: Entry): Promise<TarEntry | undefined> {
  const { name, mode, uid, gid, linkname } = member.header;
  const type = TYPES[member.header.type ?? ''];
  const content = await buffer(member);
  if (type === undefined) return undefined;
  const common = { path: clean(name), type, mode: (mode ?? 0) & 0o7777, uid: uid ?? 0, gid: gid ?? 0 };
  if (type === 'file') return { ...common, content };
  if (type === 'directory') return common;
  return { ...common, target: type === 'hardlink' ? clean(linkname ?? '') : (linkname ?? '') };
}

function clean(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}
