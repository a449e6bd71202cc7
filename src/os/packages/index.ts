import { asCode, undoOf, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseList } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import type { PackageManager } from './package-manager.js';
import { waitForLock } from './wait-for-lock.js';

export interface PackagesResource extends Resource {
  readonly kind: 'packages';
  /** Id of the package manager. */
  readonly manager: string;
  readonly names: readonly string[];
  /** Upper bound in seconds on waiting for another package manager to end. */
  readonly lockSeconds: number;
}

export interface PackagesSeen {
  readonly installed: readonly string[];
}

const SAVE = shellScript('./save.sh', import.meta.url);
const ASKED_FOR = shellScript('./asked-for.sh', import.meta.url);
const STOP_UNITS = shellScript('./stop-units.sh', import.meta.url);
const RESTORE_USERS = shellScript('./restore-users.sh', import.meta.url);

/** Longest silence in seconds: of the refresh of lists and of waiting for another package manager. An installation tells that it goes on. */
const INSTALL_SILENCE = 1500;

/** Packages of the distribution, installed in whatever version it has. */
export function packages(options: {
  readonly manager: string;
  readonly names: readonly string[];
  readonly lockSeconds?: number;
}): PackagesResource {
  const { manager, lockSeconds = 300 } = options;
  const names = [...new Set(options.names)].sort();
  return { kind: 'packages', id: `packages:${names.join(',')}`, manager, names, lockSeconds };
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
    observe: (r) => sh(managerNamed(r.manager).observe, { args: r.names }),
    parse: (_r, output) => ({ installed: parseList(output, 'installed') }),
    diff: (r, seen) => {
      const missing = missingOf(r, seen);
      if (missing.length === 0) return { changed: false, reason: `installed: ${r.names.join(', ')}` };
      return {
        changed: true,
        change: { action: 'run', summary: `install ${missing.join(' ')}`, reason: 'not installed' },
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
          script: sh(manager.install, { args: [STATE_DIR, ...missingOf(r, seen)] }),
          silenceSeconds: INSTALL_SILENCE,
        },
      ];
    },
    undo: undoOf({
      version: 1,
      record: (r: PackagesResource, seen: PackagesSeen) => ({
        save: sh(SAVE, { args: missingOf(r, seen) }),
        data: { manager: r.manager },
      }),
      restore: ({ manager }) =>
        [
          `if ${sh(ASKED_FOR)}; then`,
          `${sh(managerNamed(manager).remove, { args: [STATE_DIR] })} || exit 1`,
          sh(RESTORE_USERS),
          'else',
          `${sh(STOP_UNITS, { args: [STATE_DIR] })} || exit 1`,
          sh(managerNamed(manager).bringBack, { args: [STATE_DIR] }),
          'fi',
        ].join('\n'),
    }),
  };
}

function missingOf(r: PackagesResource, seen: PackagesSeen): readonly string[] {
  return r.names.filter((name) => !seen.installed.includes(name));
}
