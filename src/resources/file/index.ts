import { createHash } from 'node:crypto';
import { defined } from '../../model/defined.js';
import { unifiedDiff } from '../../model/text/diff.js';
import { KinitError } from '../../model/error.js';
import { asCode, type Resource, type ResourceKind, type Step } from '../../model/resource.js';
import { fileDigest, isSealed } from '../../model/text/sealed.js';
import { octal } from '../../model/text/mode.js';
import { sh, shellScript } from '../../shell/script.js';
import { parseStates } from '../states.js';
import { pathUndo } from './path-undo.js';

/** For people: what restore.sh does. */
export const RESTORED =
  'What was there comes back with mode and owner; where nothing was, it is deleted, with folders made for it';

/** Bytes; a larger file is shown in a plan by its digest only. */
const MAX_SHOWN = 64 * 1024;

export interface FileResource extends Resource {
  readonly kind: 'file';
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Octal, for example 0o644. */
  readonly mode: number;
  /** Name or number. Default root. */
  readonly owner: string;
  /** Name or number. Default: the owner's name. */
  readonly group: string;
  /** Its content never stands in a plan, log or error. */
  readonly secret: boolean;
  /** Any regular file that is there already is right, as long as its mode allows no more than `mode`. */
  readonly keepExisting: boolean;
  /** Why its content changes, where what is wanted says more than that it differs. */
  readonly because?: string;
  /** How it takes the place of one that is there, where writing over that will not do. */
  readonly exchange?: FileExchange;
}

export interface FileExchange {
  /** Where the new one is written first. */
  readonly incoming: string;
  /** sh text that brings it from there to its path. */
  readonly script: string;
}

export interface FileSeen {
  readonly type: 'absent' | 'file' | 'link' | 'folder' | 'other';
  readonly sha256: string;
  readonly mode: number;
  readonly owners: readonly string[];
  readonly groups: readonly string[];
  /** Text that is there, where it differs, is not secret and is small. */
  readonly content?: string;
}

/** A regular file with content, mode and owner. */
export function file(options: {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
  readonly owner?: string;
  readonly group?: string;
  readonly secret?: boolean;
  readonly keepExisting?: boolean;
  readonly because?: string | undefined;
  readonly exchange?: FileExchange;
}): FileResource {
  const owner = options.owner ?? 'root';
  return {
    kind: 'file',
    id: `file:${options.path}`,
    path: options.path,
    content: options.content,
    mode: options.mode,
    owner,
    group: options.group ?? owner,
    secret: options.secret ?? false,
    keepExisting: options.keepExisting ?? false,
    ...defined({ because: options.because, exchange: options.exchange }),
  };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const SET_MODE = shellScript('./set-mode.sh', import.meta.url);
const REFUSE = shellScript('./refuse.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const fileKind: ResourceKind<FileResource, FileSeen> = {
  kind: 'file',
  describe: { change: 'Writes', subject: asCode, undone: RESTORED },
  together: {
    observe: (files) =>
      sh(OBSERVE, {
        args: files.flatMap((r) => {
          const shown = r.secret || textOf(r) === undefined ? 0 : MAX_SHOWN;
          return [r.path, r.keepExisting ? '' : digestOf(r), String(shown)];
        }),
      }),
    parse: (files, output) => {
      const seen = parseSeen(output);
      return files.map((r) => seen(r.path));
    },
  },
  diff: (r, seen) => {
    const reasons = differences(r, seen);
    if (reasons.length === 0)
      return { changed: false, reason: r.keepExisting ? `${r.path} exists and is kept` : `${r.path} is as wanted` };
    const summary = contentIsRight(r, seen)
      ? `set ${r.path} to ${octal(r.mode)} ${r.owner}:${r.group}`
      : `write ${r.path} (${octal(r.mode)})`;
    const diff = shownDiff(r, seen);
    return {
      changed: true,
      change: {
        action: seen.type === 'absent' ? 'create' : 'update',
        summary,
        reason: reasons.join(', '),
        ...defined({ diff }),
      },
    };
  },
  apply: (r, seen) => {
    if (seen.type === 'folder' || seen.type === 'other')
      return [{ do: 'script', script: sh(REFUSE, { args: [r.path] }) }];
    if (contentIsRight(r, seen))
      return [{ do: 'script', script: sh(SET_MODE, { args: [r.path, `${r.owner}:${r.group}`, octal(r.mode)] }) }];
    const bytes = bytesOf(r);
    if (typeof r.content === 'string' && isSealed(r.content)) return [stayedThere(r)];
    const exchange = seen.type === 'file' ? r.exchange : undefined;
    const { mode, owner, group } = r;
    const path = exchange?.incoming ?? r.path;
    return [
      { do: 'upload', files: [{ path, content: { bytes }, mode, owner, group, sha256: sha256Of(bytes) }] },
      ...(exchange === undefined ? [] : [{ do: 'script', script: exchange.script } as const]),
    ];
  },
  undo: pathUndo(SAVE, RESTORE),
};

function differences(r: FileResource, seen: FileSeen): readonly string[] {
  if (seen.type === 'absent')
    return [r.secret ? `does not exist (secret, ${shownDigest(digestOf(r))})` : 'does not exist'];
  if (seen.type !== 'file')
    return [
      `a ${seen.type === 'folder' ? 'directory' : seen.type === 'link' ? 'symbolic link' : 'special file'} is there`,
    ];
  const reasons: string[] = [];
  if (!contentIsRight(r, seen)) {
    if (r.because !== undefined) reasons.push(r.because);
    reasons.push(
      r.secret
        ? `content differs (secret, ${shownDigest(digestOf(r))}, there is ${shownDigest(seen.sha256)})`
        : 'content differs',
    );
  }
  if (r.keepExisting ? (seen.mode & ~r.mode) !== 0 : seen.mode !== r.mode)
    reasons.push(`mode is ${octal(seen.mode)}, not ${octal(r.mode)}`);
  if (!seen.owners.includes(r.owner)) reasons.push(`owner is ${seen.owners[0] ?? '?'}, not ${r.owner}`);
  if (!seen.groups.includes(r.group)) reasons.push(`group is ${seen.groups[0] ?? '?'}, not ${r.group}`);
  return reasons;
}

/** Enough to see that a secret differs. */
function shownDigest(sha256: string): string {
  return `sha256 ${sha256.slice(0, 12)}`;
}

function contentIsRight(r: FileResource, seen: FileSeen): boolean {
  return seen.type === 'file' && (r.keepExisting || seen.sha256 === digestOf(r));
}

function shownDiff(r: FileResource, seen: FileSeen): string | undefined {
  const after = textOf(r);
  if (r.secret || after === undefined || contentIsRight(r, seen)) return undefined;
  if (seen.type === 'file' && seen.content === undefined) return undefined;
  return unifiedDiff(seen.content ?? '', after, seen.type === 'absent' ? '/dev/null' : r.path, r.path);
}

/** What observe.sh has printed, by path. */
function parseSeen(output: string): (path: string) => FileSeen {
  const lines = output.split('\n');
  const [digestsAt, contentsAt] = [lines.indexOf('=digests'), lines.indexOf('=contents')];
  const states = parseStates(lines.slice(0, digestsAt));
  const digests = new Map(lines.slice(digestsAt + 1, contentsAt).map((line) => [line.slice(66), line.slice(0, 64)]));
  const contents = new Map(lines.slice(contentsAt + 1).map((line) => [line.slice(line.indexOf(' ') + 1), line]));
  return (path) => {
    const state = states.get(path);
    if (state === undefined) return { type: 'absent', sha256: '', mode: 0, owners: [], groups: [] };
    const content = contents.get(path)?.slice(0, -path.length - 1);
    return {
      ...state,
      sha256: digests.get(path) ?? '',
      ...defined({ content: content === undefined ? undefined : Buffer.from(content, 'base64').toString('utf8') }),
    };
  };
}

function bytesOf(r: FileResource): Uint8Array {
  return typeof r.content === 'string' ? Buffer.from(r.content, 'utf8') : r.content;
}

/** Of the content, or of what it stands for. */
function digestOf(r: FileResource): string {
  return typeof r.content === 'string' ? fileDigest(r.content) : sha256Of(r.content);
}

/** Its content was to stay, was never read, and is another one now: there is nothing to write. */
function stayedThere({ path }: FileResource): Step {
  return {
    do: 'call',
    title: `keep ${path}`,
    run: ({ host }) =>
      Promise.reject(
        new KinitError(`${path} changed while kinit was at work`, {
          class: 'change',
          host: host.host,
          found: 'another content than at the beginning of the run',
          hint: 'Something else writes it. Run the same command again.',
        }),
      ),
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The content as text, or undefined where it is binary or too large to show. */
function textOf(r: FileResource): string | undefined {
  const bytes = bytesOf(r);
  if (bytes.length >= MAX_SHOWN || bytes.includes(0)) return undefined;
  return typeof r.content === 'string' ? r.content : Buffer.from(bytes).toString('utf8');
}
