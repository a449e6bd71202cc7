import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh, shellScript } from '../../shell/script.js';
import { runLocal } from '../../ssh/local.js';
import { ownAptConfiguration, SUITE } from '../../artifacts/debian/apt-sources.js';
import { withLock } from '../state/lock.js';
import { cacheFolder } from '../state/paths.js';
import { removeTree } from '../commands/remove.js';
import { readState, stateNames } from '../state/state.js';

/** Goes up when what is done with the packages changes. */
const RECIPE = 3;

/** What a small Debian server has. What kinit must install itself (conntrack, socat, ...) is left out on purpose. */
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'libpam-systemd',
  'openssh-server',
  'iproute2',
  'iputils-ping',
  'sudo',
  'ca-certificates',
  'curl',
  'procps',
  'kmod',
  'netbase',
  'less',
];

/** Only downloaded, into /var/cache/apt/archives: installing them on a host then needs no network. */
const PREFETCHED = ['conntrack', 'socat', 'ethtool', 'ipset', 'iptables', 'ipvsadm', 'nftables', 'ebtables', 'chrony'];

/** Timers that take the apt lock at random, and units that need a machine's hardware or clock. */
const MASKED = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'systemd-udevd.service',
  'systemd-timesyncd.service',
  'systemd-networkd.service',
  'systemd-resolved.service',
  'console-getty.service',
];

/** A user beside root that has passwordless sudo, for trying kinit without root login. */
export const SUDO_USER = 'debian';

const customizeScript = shellScript('./customize.sh', import.meta.url);

/** Package lists in it age: after so many days a fresh one is made, if the archive answers. */
const FRESH_DAYS = 14;

/** The root file system all hosts stand on (read-only), made once by mmdebstrap: about 30 s and 400 MB. */
export async function ensureRootfs(onProgress: (text: string) => void, signal: AbortSignal): Promise<string> {
  const recipe = await currentRecipe();
  return withLock(join(cacheFolder(), '.rootfs.lock'), 600, signal, async () => {
    const cached = (await cachedRootfs(recipe.digest))[0];
    if (cached !== undefined && cached.days < FRESH_DAYS) return cached.path;
    try {
      return await build(recipe, onProgress, signal);
    } catch (error) {
      if (cached === undefined || signal.aborted) throw error;
      onProgress('the Debian archive does not answer: the root file system made earlier is used');
      return cached.path;
    }
  });
}

/** True when the next `ensureRootfs` will not have to build. */
export async function rootfsIsCached(): Promise<boolean> {
  return (await cachedRootfs((await currentRecipe()).digest)).length > 0;
}

interface Recipe {
  readonly digest: string;
  readonly sources: string;
  readonly settings: string;
}

async function currentRecipe(): Promise<Recipe> {
  const { sources, settings: own } = await ownAptConfiguration();
  const settings = [...own, 'Acquire::GzipIndexes "true";', 'Acquire::Languages "none";', ''].join('\n');
  const digest = createHash('sha256')
    .update(JSON.stringify([RECIPE, SUITE, PACKAGES, PREFETCHED, MASKED, customizeScript.text, sources, settings]))
    .digest('hex')
    .slice(0, 12);
  return { digest, sources, settings };
}

/** Finished root file systems of this recipe, newest first. */
async function cachedRootfs(digest: string): Promise<{ path: string; days: number }[]> {
  const entries = await readdir(cacheFolder()).catch(() => []);
  const found = entries
    .filter((entry) => entry.startsWith(`rootfs-${digest}-`))
    .sort()
    .reverse();
  return found.map((entry) => ({ path: join(cacheFolder(), entry), days: ageInDays(entry) }));
}

/** The name ends in the second it was made. */
function ageInDays(entry: string): number {
  return (Date.now() / 1000 - Number(entry.split('-').at(-1))) / 86_400;
}

async function build(recipe: Recipe, onProgress: (text: string) => void, signal: AbortSignal): Promise<string> {
  onProgress('making the root file system of the test hosts (once, about a minute)');
  await removeOld();
  const work = join(cacheFolder(), `.building-${process.pid}`);
  await mkdir(work, { recursive: true, mode: 0o700 });
  // A proxy setting may hold a password: it travels in a file, not in the command line.
  await writeFile(join(work, 'apt.conf'), recipe.settings, { mode: 0o600 });
  await writeFile(join(work, 'debian.sources'), recipe.sources);
  await writeFile(join(work, 'customize'), customizeHook());
  await chmod(join(work, 'customize'), 0o755);
  const args = [
    '--variant=minbase',
    '--mode=root',
    `--include=${PACKAGES.join(',')}`,
    `--aptopt=${join(work, 'apt.conf')}`,
    '--skip=cleanup/apt/lists',
    '--skip=cleanup/apt/cache',
    `--customize-hook=${join(work, 'customize')}`,
    SUITE,
    join(work, 'root'),
    join(work, 'debian.sources'),
  ];
  const result = await runLocal('sh', ['-c', 'exec "$@" 2>&1', 'sh', 'mmdebstrap', ...args], {
    timeoutSeconds: 900,
    signal,
    reject: false,
    onLine: (line) => {
      if (line.startsWith('I: ')) onProgress(`root file system: ${line.slice(3)}`);
    },
  });
  if (result.code !== 0) {
    await removeTree(work);
    throw new KinitError('The root file system of the test hosts could not be made', {
      class: 'change',
      tried: `mmdebstrap ${args.join(' ')}`,
      found: lastLines(result.stdout, 12),
      hint: 'Check that this machine reaches its Debian archive (apt-get update), then run the same command again.',
    });
  }
  const path = join(cacheFolder(), `rootfs-${recipe.digest}-${Math.floor(Date.now() / 1000)}`);
  await rename(join(work, 'root'), path);
  await removeTree(work);
  return path;
}

/** mmdebstrap gives the folder of the root file system as its argument. */
function customizeHook(): string {
  const env = { PREFETCHED: PREFETCHED.join(' '), SUDOER: SUDO_USER, MASKED: MASKED.join(' ') };
  return `#!/bin/sh\nROOT=$1\n${sh(customizeScript, { env })}\n`;
}

/** What a killed build left, and root file systems long replaced that no lab stands on. */
async function removeOld(): Promise<void> {
  const states = await Promise.all((await stateNames()).map(readState));
  const used = new Set(states.map((state) => state?.rootfs));
  for (const entry of await readdir(cacheFolder()).catch(() => [])) {
    const path = join(cacheFolder(), entry);
    const old = entry.startsWith('rootfs-') && ageInDays(entry) > 2 * FRESH_DAYS && !used.has(path);
    if (old || entry.startsWith('.building-')) await removeTree(path);
  }
}
