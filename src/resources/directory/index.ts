import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { CLEAR_FOLDER } from '../support/clear-folder.js';
import { removeMade } from '../support/saved-path.js';
import { octal, parentOf, parseFields, subshell } from '../../shell/statements.js';

export interface DirectoryResource extends Resource {
  readonly kind: 'directory';
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  /** Undo deletes what has come into it since, mounts excepted. */
  readonly removeContents: boolean;
  /** One that is there already is right as it is: programs of the cluster would make it where it is missing. */
  readonly keepExisting: boolean;
}

export interface DirectorySeen {
  readonly type: 'absent' | 'folder' | 'other';
  readonly mode: number;
  readonly owners: readonly string[];
  readonly groups: readonly string[];
}

/** A folder with mode and owner. A symbolic link to a folder counts: people move /var/lib/etcd to a fast disk that way. */
export function directory(options: {
  readonly path: string;
  readonly mode: number;
  readonly owner?: string;
  readonly group?: string;
  readonly removeContents?: boolean;
  readonly keepExisting?: boolean;
}): DirectoryResource {
  const owner = options.owner ?? 'root';
  return {
    kind: 'directory',
    id: `directory:${options.path}`,
    path: options.path,
    mode: options.mode,
    owner,
    group: options.group ?? owner,
    removeContents: options.removeContents ?? false,
    keepExisting: options.keepExisting ?? false,
  };
}

export const directoryKind: ResourceKind<DirectoryResource, DirectorySeen> = {
  kind: 'directory',
  describe: {
    change: 'Makes, or sets mode and owner of',
    subject: asCode,
    undone:
      'Mode and owner come back; what has come into the folders of the cluster since is deleted, and folders that were not there go',
  },
  observe: (r) =>
    subshell(
      `P=${quote(r.path)}`,
      'if [ -d "$P" ]; then stat -L -c \'type=folder\nmode=%a\nowner=%U\nuid=%u\ngroup=%G\ngid=%g\' -- "$P"',
      'elif [ -e "$P" ] || [ -L "$P" ]; then echo type=other',
      'else echo type=absent; fi',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const type = fields.get('type');
    return {
      type: type === 'folder' || type === 'other' ? type : 'absent',
      mode: Number.parseInt(fields.get('mode') ?? '0', 8),
      owners: [fields.get('owner') ?? '', fields.get('uid') ?? ''],
      groups: [fields.get('group') ?? '', fields.get('gid') ?? ''],
    };
  },
  diff: (r, seen) => {
    const reasons = differences(r, seen);
    if (reasons.length === 0)
      return { changed: false, reason: r.keepExisting ? `${r.path} exists` : `${r.path} is as wanted` };
    const summary = `${seen.type === 'folder' ? 'set' : 'make'} directory ${r.path} (${octal(r.mode)} ${r.owner}:${r.group})`;
    return {
      changed: true,
      change: { action: seen.type === 'folder' ? 'update' : 'create', summary, reason: reasons.join(', ') },
    };
  },
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        `P=${quote(r.path)}`,
        `if [ -e "$P" ] || [ -L "$P" ]; then [ -d "$P" ] || { echo ${quote(`${r.path} exists and is not a directory. Move it away and run again.`)} >&2; exit 1; }; fi`,
        `[ -d "$P" ] || { (umask 022; mkdir -p -- ${quote(parentOf(r.path))}) && mkdir -m ${octal(r.mode & 0o700)} -- "$P"; } || exit 1`,
        `chown -- ${quote(`${r.owner}:${r.group}`)} "$P" && chmod -- ${octal(r.mode)} "$P"`,
      ),
    },
  ],
  undo: (r) => ({ save: saveFolder(r), restore: restoreFolder(r) }),
};

function differences(r: DirectoryResource, seen: DirectorySeen): readonly string[] {
  if (seen.type === 'absent') return ['does not exist'];
  if (seen.type === 'other') return ['is not a directory'];
  if (r.keepExisting) return [];
  const reasons: string[] = [];
  if (seen.mode !== r.mode) reasons.push(`mode is ${octal(seen.mode)}, not ${octal(r.mode)}`);
  if (!seen.owners.includes(r.owner)) reasons.push(`owner is ${seen.owners[0] ?? '?'}, not ${r.owner}`);
  if (!seen.groups.includes(r.group)) reasons.push(`group is ${seen.groups[0] ?? '?'}, not ${r.group}`);
  return reasons;
}

function saveFolder(r: DirectoryResource): string {
  return [
    `P=${quote(r.path)}`,
    'if [ -d "$P" ]; then',
    '  stat -L -c "%a %u %g" -- "$P" > "$D/stat" || exit 1',
    ...(r.removeContents ? ['  ls -A -- "$P" > "$D/contents" || exit 1'] : []),
    'else',
    '  : > "$D/made"; Q="$P"',
    '  while [ ! -e "$Q" ] && [ ! -L "$Q" ]; do printf \'%s\\n\' "$Q" >> "$D/made"; Q=$(dirname -- "$Q"); done',
    'fi',
  ].join('\n');
}

function restoreFolder(r: DirectoryResource): string {
  return [
    ...(r.removeContents ? [CLEAR_FOLDER] : []),
    `P=${quote(r.path)}`,
    // No list: it was not there, so all in it is new.
    ...(r.removeContents ? ['L=; [ ! -e "$D/contents" ] || L="$D/contents"', 'clear_folder "$P" "$L" || exit 1'] : []),
    'if [ -e "$D/stat" ]; then',
    '  [ -d "$P" ] || exit 0',
    '  read -r M U G < "$D/stat" && chown -- "$U:$G" "$P" && chmod -- "$M" "$P"',
    'else',
    `  ${removeMade('$D/made')}`,
    'fi',
  ].join('\n');
}
