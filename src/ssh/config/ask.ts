import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { sh, shellScript } from '../../shell/script.js';
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

/** Match exec and look-ups of canonical names may take so long, for each destination. */
const TIMEOUT_SECONDS = 20;
const LONGEST_SECONDS = 300;

const ASK = shellScript('./ask.sh', import.meta.url);

export interface Destination {
  readonly name: string;
  readonly given: Given;
}

/** What `ssh -G` printed, why OpenSSH cannot be asked, or what is wrong with the configuration. */
export type Answered = string | { readonly missing: string } | KinitError;

/**
 * What `ssh -G` prints for each destination, in one process. It reads a copy of the configuration with a few lines at its end: there
 * the first word about something counts, so they hold where nothing else is said, and tell what was said from what OpenSSH takes by
 * default. All of them have the same `defaultUser`.
 */
export async function askOpenSsh(
  config: { readonly file: string; readonly text: string },
  destinations: readonly Destination[],
): Promise<Answered[]> {
  const [first] = destinations;
  if (first === undefined) return [];
  const forAll = (answer: Answered): Answered[] => destinations.map(() => answer);
  if (!knownUser()) return forAll({ missing: 'OpenSSH does not work for a user without a name on this machine' });
  const folder = await mkdtemp(join(tmpdir(), 'kinit-ssh-')).catch((cause: NodeJS.ErrnoException) => {
    throw new KinitError(`the folder for temporary files on this machine, ${tmpdir()}, cannot be used`, {
      class: 'access',
      tried: 'make a folder in it for a copy of the SSH configuration',
      found: cause.code ?? cause.message,
      hint: 'Set TMPDIR to a folder that is there, has room, and lets you write into it.',
      cause,
    });
  });
  const copy = join(folder, 'config');
  const mark = randomBytes(16).toString('hex');
  const words = destinations.flatMap(({ name, given: { user = '', port = '' } }) => [name, user, String(port)]);
  try {
    await writeFile(copy, `${config.text}Match all\n${defaults(first.given)}`, { mode: 0o600 });
    const { code, stdout } = await runLocal(
      '/bin/sh',
      ['-c', sh(ASK, { args: [copy, join(folder, 'complaints'), ...words], env: { MARK: mark } })],
      { timeoutSeconds: Math.min(LONGEST_SECONDS, TIMEOUT_SECONDS * destinations.length), reject: false },
    );
    if (code === 127) return forAll({ missing: 'OpenSSH is not installed' });
    const answers = [...stdout.matchAll(new RegExp(`([^]*?)\\n${mark} (\\d+)\\n`, 'g'))];
    return destinations.map(({ name }, index) => {
      const [, text = '', ended] = answers[index] ?? [];
      return ended === '0' ? text : unreadable(config.file, name, text.replaceAll(copy, config.file));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unreadable(file: string, destination: string, said: string): KinitError {
  return new KinitError(`the SSH configuration ${file} cannot be read`, {
    class: 'access',
    tried: `ssh -G -F ${file} ${destination}`,
    found: said.trim(),
    hint: 'Mend it, or name another with ssh.configFile in the inventory (none: read none).',
  });
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
