import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { octal } from '../../model/text/mode.js';
import { sh, shellScript } from '../../shell/script.js';
import { parseStates } from '../states.js';

export interface DirectoryResource extends Resource {
  readonly kind: 'directory';
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  /** Undo deletes what has come into it since, mounts excepted. */
  readonly removeContents: boolean;
  /** Shell patterns of mounts below that programs of the cluster make. Undo takes off those that came since. */
  readonly mounts: readonly string[];
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
  /** Patterns that are not below it are passed over. */
  readonly mounts?: readonly string[];
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
    mounts: (options.mounts ?? []).filter((pattern) => pattern.startsWith(`${options.path}/`)),
    keepExisting: options.keepExisting ?? false,
  };
}

/** Of older journals without mounts. */
type Recorded = Pick<DirectoryResource, 'path' | 'removeContents'> & Partial<Pick<DirectoryResource, 'mounts'>>;

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const MAKE = shellScript('./make.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const directoryKind: ResourceKind<DirectoryResource, DirectorySeen> = {
  kind: 'directory',
  describe: {
    change: 'Makes, or sets mode and owner of',
    subject: asCode,
    undone:
      'Mode and owner come back; what has come into the folders of the cluster since is deleted, and folders that were not there go',
  },
  together: {
    observe: (folders) => sh(OBSERVE, { args: folders.map(({ path }) => path) }),
    parse: (folders, output) => {
      const lines = output.split('\n');
      const states = parseStates(lines);
      return folders.map(({ path }) => {
        const state = states.get(path);
        if (state !== undefined) return { ...state, type: 'folder' };
        return { type: lines.includes(`other ${path}`) ? 'other' : 'absent', mode: 0, owners: [], groups: [] };
      });
    },
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
  apply: ({ path, owner, group, mode }) => [
    { do: 'script', script: sh(MAKE, { args: [path, `${owner}:${group}`, octal(mode), octal(mode & 0o700)] }) },
  ],
  undo: undoOf({
    version: 1,
    record: ({ path, removeContents, mounts }: DirectoryResource) => {
      const data: Recorded = mounts.length === 0 ? { path, removeContents } : { path, removeContents, mounts };
      return { save: sh(SAVE, { args: argsOf(data) }), data };
    },
    restore: (data) => sh(RESTORE, { args: argsOf(data) }),
    // Programs of the cluster write into it, whether or not the folder was right already.
    owns: ({ removeContents }) => removeContents,
  }),
};

function argsOf({ path, removeContents, mounts = [] }: Recorded): readonly string[] {
  return [path, removeContents ? 'yes' : 'no', ...mounts.map((pattern) => `mount=${pattern}`)];
}

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
