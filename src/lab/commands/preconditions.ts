import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { runLocal } from '../../ssh/local.js';
import type { Driver } from '../drivers/driver.js';
import { exists } from '../state/exists.js';

/** Programs every lab needs, and the Debian packages they come from. */
const TOOLS: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  nft: 'nftables',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  'mkfs.ext4': 'e2fsprogs',
};
const KEYRING = { file: '/usr/share/keyrings/debian-archive-keyring.gpg', package: 'debian-archive-keyring' };

/** The root file system with what making it needs, in MiB. */
const ROOTFS_MB = 1500;

export interface Place {
  readonly platform: NodeJS.Platform;
  /** undefined where the system has no user ids. */
  readonly uid: number | undefined;
}

export const here = (): Place => ({ platform: process.platform, uid: process.getuid?.() });

/** Throws before anything is made where a lab is not possible at all. */
export function checkPlace(place: Place): void {
  if (place.platform !== 'linux') {
    throw new KinitError('Test hosts need Linux', {
      class: 'preflight',
      found: `this machine runs ${place.platform}`,
      hint: 'Run `kinit lab up` on a Linux machine or in a Linux virtual machine. Everything else in kinit works from here.',
    });
  }
  if (place.uid !== 0) {
    throw new KinitError('Test hosts need root: they are made of namespaces, bridges and control groups', {
      class: 'preflight',
      found: `user id ${place.uid ?? 'unknown'}`,
      hint: 'Run the same command with sudo.',
    });
  }
}

/** Throws 'preflight' where the driver's hosts cannot run on this machine. */
export async function checkDriver({ name, unavailable }: Pick<Driver, 'name' | 'unavailable'>): Promise<void> {
  const reason = await unavailable();
  if (reason === undefined) return;
  throw new KinitError(`The lab driver ${name} cannot make hosts on this machine`, {
    class: 'preflight',
    found: reason,
    hint: 'Take another driver (--driver) or another machine.',
  });
}

/** Installs missing programs on Debian and its relatives; elsewhere names them. */
export async function ensureTools(
  { tools }: Pick<Driver, 'tools'>,
  onProgress: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const needed = { ...TOOLS, ...tools };
  const packages = await missingPackages(needed);
  if (packages.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages];
  if (!(await isInstalled('apt-get'))) {
    throw new KinitError(`Programs for test hosts are missing: ${packages.join(', ')}`, {
      class: 'preflight',
      tried: `looked for ${Object.keys(needed).join(', ')} in PATH`,
      hint: `Install them with this system's package manager (the names are Debian's): ${packages.join(' ')}`,
    });
  }
  onProgress(`installing ${packages.join(', ')}`);
  const options = {
    timeoutSeconds: 600,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    ...defined({ signal }),
  };
  const first = await runLocal('apt-get', install, { ...options, reject: false });
  if (first.code === 0 && (await missingPackages(needed)).length === 0) return;
  // Package lists that are missing or too old are the usual reason.
  await runLocal('apt-get', ['update'], { ...options, reject: false });
  const second = await runLocal('apt-get', install, { ...options, reject: false });
  if (second.code === 0 && (await missingPackages(needed)).length === 0) return;
  throw new KinitError(`Programs for test hosts could not be installed: ${packages.join(', ')}`, {
    class: 'preflight',
    tried: `apt-get ${install.join(' ')}`,
    found: lastLines(second.stderr, 5),
    hint: `Install them by hand, then run the same command again: apt-get install ${packages.join(' ')}. PATH must hold /usr/sbin.`,
  });
}

/** Throws when the disk that holds the folder is too full for so many new hosts. */
export async function checkDisk(
  folder: string,
  newHosts: number,
  { hostMB }: Pick<Driver, 'hostMB'>,
  rootfsIsThere: boolean,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  const neededMB = newHosts * hostMB + (rootfsIsThere ? 0 : ROOTFS_MB);
  const freeMB = Math.floor((bavail * bsize) / 1024 / 1024);
  if (freeMB >= neededMB) return;
  throw new KinitError(`Not enough disk for ${newHosts} test host(s)`, {
    class: 'preflight',
    found: `${freeMB} MB free at ${folder}, ${neededMB} MB needed`,
    hint: 'Free some space, make fewer hosts, or choose another folder with --directory.',
  });
}

async function missingPackages(tools: Readonly<Record<string, string>>): Promise<string[]> {
  const missing = new Set<string>();
  for (const [tool, name] of Object.entries(tools)) if (!(await isInstalled(tool))) missing.add(name);
  if (!(await exists(KEYRING.file))) missing.add(KEYRING.package);
  return [...missing].sort();
}

async function isInstalled(tool: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter))
    if (
      await access(join(folder, tool), constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return true;
  return false;
}
