import { createHash } from 'node:crypto';
import { unifiedDiff } from '../../model/text/diff.js';
import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { octal, parseFields, subshell } from '../../shell/statements.js';
import { RESTORED, restorePath, savePath } from '../support/saved-path.js';

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
  };
}

export const fileKind: ResourceKind<FileResource, FileSeen> = {
  kind: 'file',
  describe: { change: 'Writes', subject: asCode, undone: RESTORED },
  observe: (r) =>
    subshell(
      `P=${quote(r.path)}`,
      'if [ -L "$P" ]; then echo type=link',
      'elif [ -d "$P" ]; then echo type=folder',
      'elif [ -f "$P" ]; then',
      '  stat -c \'type=file\nmode=%a\nowner=%U\nuid=%u\ngroup=%G\ngid=%g\' -- "$P"',
      ...(r.keepExisting ? [] : ['  H=$(sha256sum < "$P"); H=${H%% *}; echo "sha256=$H"', ...showContent(r)]),
      'elif [ -e "$P" ]; then echo type=other',
      'else echo type=absent; fi',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const content = fields.get('content');
    return {
      type: seenType(fields.get('type')),
      sha256: fields.get('sha256') ?? '',
      mode: Number.parseInt(fields.get('mode') ?? '0', 8),
      owners: [fields.get('owner') ?? '', fields.get('uid') ?? ''],
      groups: [fields.get('group') ?? '', fields.get('gid') ?? ''],
      ...(content === undefined ? {} : { content: Buffer.from(content, 'base64').toString('utf8') }),
    };
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
        ...(diff === undefined ? {} : { diff }),
      },
    };
  },
  apply: (r, seen) => {
    if (seen.type === 'folder' || seen.type === 'other') return [{ do: 'script', script: inTheWay(r.path) }];
    if (contentIsRight(r, seen))
      return [
        {
          do: 'script',
          script: subshell(
            `P=${quote(r.path)}`,
            `chown -- ${quote(`${r.owner}:${r.group}`)} "$P" && chmod -- ${octal(r.mode)} "$P"`,
          ),
        },
      ];
    const bytes = bytesOf(r);
    return [
      {
        do: 'upload',
        files: [
          { path: r.path, content: { bytes }, mode: r.mode, owner: r.owner, group: r.group, sha256: sha256Of(bytes) },
        ],
      },
    ];
  },
  undo: (r) => ({ save: savePath(r.path), restore: restorePath(r.path) }),
};

/** The content there is sent only when it differs and may be shown: a run that changes nothing carries no files. */
function showContent(r: FileResource): readonly string[] {
  if (r.secret || textOf(r) === undefined) return [];
  return [
    `  if [ "$H" != ${sha256Of(bytesOf(r))} ] && [ "$(stat -c %s -- "$P")" -lt ${String(MAX_SHOWN)} ]; then printf 'content=%s\\n' "$(base64 -w0 < "$P")"; fi`,
  ];
}

function differences(r: FileResource, seen: FileSeen): readonly string[] {
  if (seen.type === 'absent')
    return [r.secret ? `does not exist (secret, ${shownDigest(sha256Of(bytesOf(r)))})` : 'does not exist'];
  if (seen.type !== 'file')
    return [
      `a ${seen.type === 'folder' ? 'directory' : seen.type === 'link' ? 'symbolic link' : 'special file'} is there`,
    ];
  const reasons: string[] = [];
  if (!contentIsRight(r, seen))
    reasons.push(
      r.secret
        ? `content differs (secret, ${shownDigest(sha256Of(bytesOf(r)))}, there is ${shownDigest(seen.sha256)})`
        : 'content differs',
    );
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
  return seen.type === 'file' && (r.keepExisting || seen.sha256 === sha256Of(bytesOf(r)));
}

function shownDiff(r: FileResource, seen: FileSeen): string | undefined {
  const after = textOf(r);
  if (r.secret || after === undefined || contentIsRight(r, seen)) return undefined;
  if (seen.type === 'file' && seen.content === undefined) return undefined;
  return unifiedDiff(seen.content ?? '', after, seen.type === 'absent' ? '/dev/null' : r.path, r.path);
}

function inTheWay(path: string): string {
  return subshell(
    `echo ${quote(`${path} is a directory or special file; kinit needs a regular file there. Move it away and run again.`)} >&2`,
    'exit 1',
  );
}

function seenType(type: string | undefined): FileSeen['type'] {
  return type === 'file' || type === 'link' || type === 'folder' || type === 'other' ? type : 'absent';
}

function bytesOf(r: FileResource): Uint8Array {
  return typeof r.content === 'string' ? Buffer.from(r.content, 'utf8') : r.content;
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
