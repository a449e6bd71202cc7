import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { runLocal } from '../local.js';

/** What is known about a destination before any configuration is read. */
export interface Given {
  readonly user?: string;
  readonly port?: number;
  /** Who logs in where neither the inventory nor the configuration says so. */
  readonly defaultUser: string;
}

/** Stands for a file where the configuration names none. */
export const UNSAID = '/dev/null/kinit-unsaid';

/** Match exec and look-ups of canonical names may take so long. */
const TIMEOUT_SECONDS = 20;

/**
 * What `ssh -G` prints for a destination; `missing` says why it cannot be asked. It reads a copy of the configuration
 * with a few lines at its end: there the first word about something counts, so they hold where nothing else is said,
 * and tell what was said from what OpenSSH takes by default.
 */
export async function askOpenSsh(
  config: { readonly file: string; readonly text: string },
  destination: string,
  given: Given,
): Promise<string | { readonly missing: string }> {
  if (!knownUser()) return { missing: 'OpenSSH does not work for a user without a name on this machine' };
  const folder = await mkdtemp(join(tmpdir(), 'kinit-ssh-'));
  const copy = join(folder, 'config');
  const args = [
    ...['-G', '-F', copy],
    ...(given.user === undefined ? [] : ['-l', given.user]),
    ...(given.port === undefined ? [] : ['-p', String(given.port)]),
    ...['--', destination],
  ];
  try {
    await writeFile(copy, `${config.text}Match all\n${defaults(given)}`, { mode: 0o600 });
    const { code, stdout, stderr } = await runLocal('ssh', args, { timeoutSeconds: TIMEOUT_SECONDS, reject: false });
    if (code === 0) return stdout;
    throw new KinitError(`the SSH configuration ${config.file} cannot be read`, {
      class: 'access',
      tried: `ssh -G -F ${config.file} ${destination}`,
      found: stderr.trim().replaceAll(copy, config.file),
      hint: 'Mend it, or name another with ssh.configFile in the inventory (none: read none).',
    });
  } catch (error) {
    if (error instanceof KinitError && error.context.class === 'usage') return { missing: 'OpenSSH is not installed' };
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function defaults({ defaultUser }: Given): string {
  return `User "${defaultUser}"\nIdentityFile ${UNSAID}\nUserKnownHostsFile ${UNSAID}\n`;
}

/** A container may run as a user that no passwd file knows; ssh ends at once there. */
function knownUser(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}
