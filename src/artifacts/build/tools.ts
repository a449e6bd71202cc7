import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { runLocal } from '../../ssh/local.js';

/** Something a source build needs on this machine besides Go. */
export interface Need {
  readonly what: string;
  readonly debianPackages: readonly string[];
  readonly present: () => Promise<boolean>;
}

export const C_COMPILER: Need = {
  what: 'a C compiler',
  debianPackages: ['gcc', 'libc6-dev'],
  present: () => onPath('gcc'),
};
export const LIBSECCOMP: Need = {
  what: 'libseccomp with its headers',
  debianPackages: ['libseccomp-dev', 'pkg-config'],
  present: () => hasLibrary('libseccomp'),
};
export const GLIB: Need = {
  what: 'GLib with its static library',
  debianPackages: ['libglib2.0-dev', 'pkg-config'],
  present: () => hasLibrary('glib-2.0'),
};
export const MMDEBSTRAP: Need = {
  what: 'mmdebstrap',
  debianPackages: ['mmdebstrap', 'debian-archive-keyring'],
  present: () => onPath('mmdebstrap'),
};
/**
 * Installs what is missing when this is Debian or Ubuntu and we are root; otherwise throws 'artifact' with the command
 * to type.
 */
export async function ensureTools(
  needs: readonly Need[],
  options: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<void> {
  const missing = await stillMissing(needs);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((need) => need.debianPackages))];
  const what = missing.map((need) => need.what).join(', ');
  const typed = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const debian = await isDebian();
  if (!debian || process.getuid?.() !== 0) {
    throw new KinitError(`building artifacts needs ${what}`, {
      class: 'artifact',
      found: 'not installed on this machine',
      hint: debian
        ? `Type: sudo ${typed}`
        : `On Debian or Ubuntu that is: ${typed}. Elsewhere build on such a machine, or set artifacts.source: official in the inventory.`,
    });
  }
  options.emit({ type: 'progress', text: `installing ${packages.join(', ')} on this machine` });
  const apt = (args: readonly string[]): Promise<unknown> =>
    runLocal('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      timeoutSeconds: 600,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      signal: options.signal,
    });
  try {
    await apt(['update']);
    await apt(['install', '-y', '--no-install-recommends', ...packages]);
  } catch (error) {
    if (!(error instanceof KinitError) || error.context.class === 'interrupted') throw error;
    throw new KinitError(`${what} could not be installed on this machine`, {
      ...error.context,
      class: 'artifact',
      hint: `Type: apt-get update && ${typed}`,
      cause: error,
    });
  }
  const left = await stillMissing(missing);
  if (left.length > 0)
    throw new KinitError(`${left.map((need) => need.what).join(', ')} still missing after the installation`, {
      class: 'artifact',
      tried: typed,
      hint: 'Look at what the command prints.',
    });
}

export async function onPath(command: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    try {
      await access(join(folder, command), constants.X_OK);
      return true;
    } catch {
      // Look further.
    }
  }
  return false;
}

async function hasLibrary(name: string): Promise<boolean> {
  return (
    (await onPath('pkg-config')) && (await runLocal('pkg-config', ['--exists', name], { reject: false })).code === 0
  );
}

async function stillMissing(needs: readonly Need[]): Promise<Need[]> {
  const present = await Promise.all(needs.map((need) => need.present()));
  return needs.filter((_, i) => present[i] === false);
}

async function isDebian(): Promise<boolean> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(text) && (await onPath('apt-get'));
}
