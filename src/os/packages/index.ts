import { asCode, undoOf, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseList } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import type { PackageManager } from './package-manager.js';
import { waitForLock } from './wait-for-lock.js';
import { ANY, mergeWishes, parseWish, versionFits, type PackageWish } from './wish.js';

export interface PackagesResource extends Resource {
  readonly kind: 'packages';
  /** Id of the package manager. */
  readonly manager: string;
  /** NAME, or NAME=VERSION: just that version, which is then held; NAME=*: whatever version comes, and held at that. */
  readonly names: readonly string[];
  /** Upper bound in seconds on waiting for another package manager to end. */
  readonly lockSeconds: number;
  /** Variables for the package manager: proxies. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PackagesSeen {
  readonly installed: readonly string[];
  /** 'NAME VERSION' of those that are installed. */
  readonly versions: readonly string[];
  /** Names of those that nothing may change. */
  readonly held: readonly string[];
}

const SAVE = shellScript('./save.sh', import.meta.url);
const ASKED_FOR = shellScript('./asked-for.sh', import.meta.url);
const NOTE_SOCKETS = shellScript('./note-sockets.sh', import.meta.url);
const REMOVE_SOCKETS = shellScript('./remove-sockets.sh', import.meta.url);
const STOP_UNITS = shellScript('./stop-units.sh', import.meta.url);
const RESTORE_USERS = shellScript('./restore-users.sh', import.meta.url);

/** Longest silence in seconds: of the refresh of lists and of waiting for another package manager. An installation tells that it goes on. */
const INSTALL_SILENCE = 1500;

/** Packages of the distribution: in whatever version it has, or in the one that is named. */
export function packages(options: {
  readonly manager: string;
  readonly names: readonly string[];
  readonly lockSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}): PackagesResource {
  const { manager, lockSeconds = 300, environment = {} } = options;
  const names = mergeWishes(options.names);
  return { kind: 'packages', id: `packages:${names.join(',')}`, manager, names, lockSeconds, environment };
}

/** @param managerNamed the package managers of the registry, by id */
export function packagesKind(
  managerNamed: (id: string) => PackageManager,
): ResourceKind<PackagesResource, PackagesSeen> {
  return {
    kind: 'packages',
    describe: {
      change: 'Installs packages',
      subject: (id) => id.split(',').map(asCode).join(', '),
      undone:
        'Kept, unless `--remove-packages`; services they started are stopped, and what they had replaced comes back',
    },
    observe: (r) => sh(managerNamed(r.manager).observe, { args: r.names.map((wish) => parseWish(wish).name) }),
    parse: (_r, output) => ({
      installed: parseList(output, 'installed'),
      versions: parseList(output, 'version'),
      held: parseList(output, 'held'),
    }),
    diff: (r, seen) => {
      const lacking = lackingOf(r, seen);
      if (lacking.length === 0) return { changed: false, reason: `installed: ${r.names.join(', ')}` };
      const reasons = [...new Set(lacking.map((wish) => reasonFor(parseWish(wish), seen)))];
      return {
        changed: true,
        change: {
          action: 'run',
          summary: `install ${lacking.map((wish) => wish.replace(`=${ANY}`, '')).join(' ')}`,
          reason: reasons.join(', '),
        },
      };
    },
    apply: (r, seen) => {
      const manager = managerNamed(r.manager);
      return [
        {
          do: 'call',
          title: 'wait for the package manager',
          run: (tools) => waitForLock(manager, r.lockSeconds, tools),
        },
        {
          do: 'script',
          script: sh(manager.install, { args: [STATE_DIR, ...lackingOf(r, seen)], exported: r.environment }),
          silenceSeconds: INSTALL_SILENCE,
        },
      ];
    },
    undo: undoOf({
      version: 1,
      record: (r: PackagesResource, seen: PackagesSeen): { save: string; data: UndoData } => ({
        save: sh(SAVE, { args: absentOf(r, seen) }),
        data: { manager: r.manager, held: heldBy(r, seen) },
      }),
      restore: ({ manager, held = [] }: UndoData) =>
        [
          ...(held.length === 0 ? [] : [`${sh(managerNamed(manager).release, { args: held })} || exit 1`]),
          `if ${sh(ASKED_FOR)}; then`,
          sh(NOTE_SOCKETS, { args: [STATE_DIR] }),
          `${sh(managerNamed(manager).remove, { args: [STATE_DIR] })} || exit 1`,
          sh(REMOVE_SOCKETS),
          sh(RESTORE_USERS),
          'else',
          `${sh(STOP_UNITS, { args: [STATE_DIR] })} || exit 1`,
          sh(managerNamed(manager).bringBack, { args: [STATE_DIR] }),
          'fi',
        ].join('\n'),
    }),
  };
}

interface UndoData {
  readonly manager: string;
  /** Names that this resource holds. Entries of an earlier kinit have none. */
  readonly held?: readonly string[];
}

/** Names of those that are not there at all. */
function absentOf({ names }: PackagesResource, { installed }: PackagesSeen): readonly string[] {
  return names.map((wish) => parseWish(wish).name).filter((name) => !installed.includes(name));
}

/** Wishes that are not as they shall be. */
function lackingOf({ names }: PackagesResource, seen: PackagesSeen): readonly string[] {
  return names.filter((wish) => reasonFor(parseWish(wish), seen) !== undefined);
}

function heldBy({ names }: PackagesResource, { held }: PackagesSeen): readonly string[] {
  return names
    .map(parseWish)
    .flatMap(({ name, version }) => (version === undefined || held.includes(name) ? [] : name));
}

/** Why something has to be done for it; undefined: it is as it shall be. */
function reasonFor({ name, version }: PackageWish, { installed, versions, held }: PackagesSeen): string | undefined {
  if (!installed.includes(name)) return 'not installed';
  if (version === undefined) return undefined;
  const there = versions.find((each) => each.startsWith(`${name} `))?.slice(name.length + 1);
  if (version !== ANY && !(there !== undefined && versionFits(version, there)))
    return `${name} is there in version ${there ?? 'unknown'}, which kinit does not change`;
  return held.includes(name) ? undefined : 'not held at its version';
}
