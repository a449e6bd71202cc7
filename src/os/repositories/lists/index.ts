import { undoOf, type Resource, type ResourceKind } from '../../../model/resource.js';
import { parseFields } from '../../../shell/output.js';
import { quote } from '../../../shell/quote.js';
import { sh, shellScript } from '../../../shell/script.js';
import { stampPath } from '../../../shell/state.js';
import type { PackageManager } from '../../packages/package-manager.js';
import { waitForLock } from '../../packages/wait-for-lock.js';

export interface RepositoryListsResource extends Resource {
  readonly kind: 'repository-lists';
  /** Of the repository. */
  readonly name: string;
  /** Id of the package manager. */
  readonly manager: string;
  /** The file that names the repository, and its key where it has one. */
  readonly files: readonly [string, ...string[]];
  /** Upper bound in seconds on waiting for another package manager to end. */
  readonly lockSeconds: number;
  /** Variables for the package manager: proxies. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface RepositoryListsSeen {
  /** Digest of the files. */
  readonly now: string;
  /** What it was when the lists were read last; '' where they never were. */
  readonly read: string;
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const NOTE = shellScript('./note.sh', import.meta.url);

/** Longest silence in seconds: of the refresh, and of waiting for another package manager. */
const SILENCE = 600;

/** The lists of one repository, read once as it is named now: it answers, and its key is the right one. One that does not is taken away again. */
export function repositoryLists(options: Omit<RepositoryListsResource, 'kind' | 'id'>): RepositoryListsResource {
  return { kind: 'repository-lists', id: `repository-lists:${options.name}`, ...options };
}

/** @param managerNamed the package managers of the registry, by id */
export function repositoryListsKind(
  managerNamed: (id: string) => PackageManager,
): ResourceKind<RepositoryListsResource, RepositoryListsSeen> {
  return {
    kind: 'repository-lists',
    describe: {
      change: 'Has the package manager read the lists of',
      subject: (id) => `\`${id}\``,
      undone: 'The lists go',
    },
    observe: ({ name, files }) => sh(OBSERVE, { args: [stampOf(name), ...files] }),
    parse: (_r, output) => {
      const fields = parseFields(output);
      return { now: fields.get('now') ?? '', read: fields.get('read') ?? '' };
    },
    diff: ({ name }, { now, read }) => {
      if (read !== '' && now === read)
        return { changed: false, reason: `the lists of ${name} were read as it is named now` };
      const reason = read === '' ? 'not read as it is named now' : 'it is named otherwise now';
      return { changed: true, change: { action: 'run', summary: `read the package lists of ${name}`, reason } };
    },
    afterWriting: ({ files }, seen, written) =>
      files.some((path) => written.has(path)) ? { ...seen, read: '' } : undefined,
    apply: (r) => {
      const manager = managerNamed(r.manager);
      const { name, files, lockSeconds, environment } = r;
      const refresh = sh(manager.refreshOne, { args: [name, files[0], notesOf(name)], exported: environment });
      return [
        { do: 'call', title: 'wait for the package manager', run: (tools) => waitForLock(manager, lockSeconds, tools) },
        {
          do: 'script',
          script: `${refresh} || exit 1\n${sh(NOTE, { args: [stampOf(name), ...files] })}`,
          silenceSeconds: SILENCE,
        },
      ];
    },
    undo: undoOf({
      version: 1,
      record: ({ name, manager, files }: RepositoryListsResource) => ({ data: { name, manager, file: files[0] } }),
      restore: ({ name, manager, file }) =>
        `${sh(managerNamed(manager).forgetOne, { args: [name, file, notesOf(name)] })} || exit 1\nrm -f -- ${quote(stampOf(name))} ${quote(notesOf(name))}`,
    }),
  };
}

function stampOf(name: string): string {
  return stampPath('revisions', `repository-lists-${name}`);
}

/** Where the package manager's part may note which lists are the repository's. */
function notesOf(name: string): string {
  return stampPath('revisions', `repository-files-${name}`);
}
