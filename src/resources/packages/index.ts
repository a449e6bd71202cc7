import { quote, quoteAll } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { waitForAptLock } from './apt-lock.js';
import { APT_INSTALL, APT_REMOVE } from './apt.js';
import { restoreUserBackups, saveUserBackups } from '../user/backups.js';
import { STATE_DIR, parseList, subshell } from '../../shell/statements.js';

export interface PackagesResource extends Resource {
  readonly kind: 'packages';
  readonly names: readonly string[];
  /** Upper bound in seconds on waiting for another package manager to end. */
  readonly lockSeconds: number;
}

export interface PackagesSeen {
  readonly installed: readonly string[];
}

/** Where apt's own doings are noted: one list of packages a file. */
const NOTES = quote(STATE_DIR);

/** Seconds for lists, download and installation together, waiting for another apt included. */
const INSTALL_TIMEOUT = 1500;

/** Packages of the distribution (Debian family), installed in whatever version it has. */
export function packages(options: {
  readonly names: readonly string[];
  readonly lockSeconds?: number;
}): PackagesResource {
  const names = [...new Set(options.names)].sort();
  return { kind: 'packages', id: `packages:${names.join(',')}`, names, lockSeconds: options.lockSeconds ?? 300 };
}

export const packagesKind: ResourceKind<PackagesResource, PackagesSeen> = {
  kind: 'packages',
  describe: {
    change: 'Installs packages',
    subject: (id) => id.split(',').map(asCode).join(', '),
    undone: 'Kept, unless `--remove-packages`',
  },
  observe: (r) =>
    subshell(`dpkg-query -W -f ${quote('${db:Status-Status}=${Package}\\n')} -- ${quoteAll(r.names)} 2> /dev/null; :`),
  parse: (_r, output) => ({ installed: parseList(output, 'installed') }),
  diff: (r, seen) => {
    const missing = missingOf(r, seen);
    if (missing.length === 0) return { changed: false, reason: `installed: ${r.names.join(', ')}` };
    return {
      changed: true,
      change: { action: 'run', summary: `install ${missing.join(' ')}`, reason: 'not installed' },
    };
  },
  apply: (r, seen) => [
    { do: 'call', title: 'wait for the package manager', run: (tools) => waitForAptLock(r.lockSeconds, tools) },
    {
      do: 'script',
      script: subshell(APT_INSTALL, `apt_install ${NOTES} ${quoteAll(missingOf(r, seen))}`),
      timeoutSeconds: INSTALL_TIMEOUT,
    },
  ],
  undo: (r, seen) => ({
    save: [`printf '%s\\n' ${quoteAll(missingOf(r, seen))} > "$D/packages"`, ...saveUserBackups].join('\n'),
    // By default packages stay: other things may have come to need them.
    restore: [
      '[ "${KINIT_REMOVE_PACKAGES:-0}" = 1 ] || exit 0',
      APT_REMOVE,
      `apt_remove "$D/packages" ${NOTES} || exit 1`,
      ...restoreUserBackups,
    ].join('\n'),
  }),
};

function missingOf(r: PackagesResource, seen: PackagesSeen): readonly string[] {
  return r.names.filter((name) => !seen.installed.includes(name));
}
