import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { constants as zlib, gunzipSync } from 'node:zlib';
import { KinitError } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { CommandContext } from '../arguments/command.js';
import { confirm } from '../terminal/confirm.js';
import { isStream, whyOf } from './secret.js';

/** What kinit writes where it is told to, and how an earlier one of the kind begins. */
const KINDS = {
  plan: { what: 'a plan of kinit', begins: /^\{\s*"format": "kinit-plan\// },
  junit: { what: 'a JUnit report of kinit', begins: /<testsuites name="kinit / },
  page: { what: 'a page of kinit', begins: /<title>kinit / },
  evidence: { what: 'a bundle of kinit doctor', begins: /^kinit-doctor\// },
  /** Its command asks, for it knows more of what is there. */
  other: { what: '', begins: /(?:)/ },
  folder: { what: '', begins: /(?:)/ },
} as const;

/** A file that the user named to be written. */
export interface Output {
  /** As it is typed: '--junit'. */
  readonly option: string;
  /** undefined: not asked for. */
  readonly file: string | undefined;
  readonly kind: keyof typeof KINDS;
}

type Wanted = Output & { readonly file: string };

/**
 * Refuses, before anything is done for it, what could not be written in the end: hours may lie between.
 * @param inventory its file
 * @throws KinitError usage, where it is the inventory, or what another option names; access, where nothing can be written there
 */
export async function refuseUnfit(outputs: readonly Output[], inventory: string): Promise<void> {
  const seen = new Map([[await realOf(inventory), 'the inventory']]);
  for (const { option, file, kind } of outputs.filter(isWanted)) {
    if (await isStream(file)) continue;
    const real = await realOf(file);
    const other = seen.get(real);
    if (other !== undefined)
      throw new KinitError(
        /^[-<]/.test(other)
          ? `${other} and ${option} name the same file, ${file}; nothing was changed`
          : `${option} names ${other}, ${file}; nothing was changed`,
        { class: 'usage', hint: `Give ${option} a file of its own.` },
      );
    seen.set(real, option);
    const why = await whyUnwritable(real, kind === 'folder');
    if (why === undefined) continue;
    throw new KinitError(`${option}: ${file} cannot be written; nothing was changed`, {
      class: 'access',
      found: why,
      hint: `Name another ${kind === 'folder' ? 'folder' : 'file'} with ${option}.`,
    });
  }
}

/**
 * Refuses to write over what the inventory needs, and asks before what is not an older one of the same kind goes.
 * @throws KinitError usage; interrupted, where the answer is no
 */
export async function confirmOutputs(
  outputs: readonly Output[],
  { spec }: LoadedInventory,
  args: { readonly yes: boolean },
  context: Pick<CommandContext, 'io' | 'signal' | 'command'>,
): Promise<void> {
  const needed = new Map<string, string>();
  for (const { path, file } of filesIn(spec)) needed.set(await realOf(file), path);
  for (const { option, file, kind } of outputs.filter(isWanted)) {
    if (await isStream(file)) continue;
    const path = needed.get(await realOf(file));
    if (path !== undefined)
      throw new KinitError(`${option} names ${file}, which the inventory needs as ${path}; nothing was changed`, {
        class: 'usage',
        hint: `Give ${option} a file of its own.`,
      });
    const { what, begins } = KINDS[kind];
    const head = kind === 'folder' || kind === 'other' ? undefined : await headOf(file);
    if (head === undefined || begins.test(head)) continue;
    await confirm(`${file} exists, and is not ${what}. Replace it?`, args, context);
  }
}

function isWanted(output: Output): output is Wanted {
  return output.file !== undefined;
}

/** Whatever links lead there; also of a file that is not there yet. */
async function realOf(file: string): Promise<string> {
  return realpath(file).catch(async () =>
    join(await realpath(dirname(file)).catch(() => resolve(dirname(file))), basename(file)),
  );
}

/** In words, for a file that would be written beside its target and renamed; its missing folders are made. */
async function whyUnwritable(file: string, isFolder: boolean): Promise<string | undefined> {
  if (!isFolder && (await stat(file).catch(() => undefined))?.isDirectory() === true) return 'it is a folder';
  for (let folder = isFolder ? file : dirname(file); ; folder = dirname(folder)) {
    try {
      // A folder that lies in a file is ENOTDIR; the file itself is told here.
      if (!(await stat(folder)).isDirectory()) return `${folder} is no folder`;
      await access(folder, constants.W_OK | constants.X_OK);
      return undefined;
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      return `${folder}: ${whyOf(thrown)}`;
    }
  }
}

/** Local files that an inventory names, each with the path of its option. */
function filesIn(value: unknown, path: readonly string[] = []): { readonly path: string; readonly file: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  // A bundle is written too: its command looks at what is there.
  const entries = Object.entries(value).filter(([key]) => key !== 'bundleFile');
  return entries.flatMap(([key, each]) =>
    typeof each === 'string' && key.endsWith('File')
      ? [{ path: [...path, key].join('.'), file: each }]
      : filesIn(each, [...path, key]),
  );
}

/** A title stands behind what a page forbids itself, a name of an archive behind nothing. */
const HEAD = 4096;

/** The first letters of a file, unpacked where it is packed; undefined where nothing would be lost. */
async function headOf(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.subarray(0, bytesRead);
    return head.length === 0 ? undefined : unpacked(head).toString('utf8');
  } finally {
    await handle.close();
  }
}

function unpacked(head: Buffer): Buffer {
  if (head[0] !== 0x1f || head[1] !== 0x8b) return head;
  try {
    return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch {
    return head;
  }
}
