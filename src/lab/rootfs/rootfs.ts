import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh, shellScript } from '../../shell/script.js';
import { runLocal } from '../../ssh/local.js';
import { ownAptConfiguration } from '../../artifacts/debian/apt-sources.js';
import type { LabImage } from '../images/image.js';
import { withLock } from '../state/lock.js';
import { cacheFolder } from '../state/paths.js';
import { removeTree } from '../commands/remove.js';
import { readState, stateNames } from '../state/state.js';

/** Goes up when what is done with the packages changes. */
const RECIPE = 3;

/** What a small server has. What kinit must install itself (conntrack, socat, ...) is left out on purpose. */
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

/** The root file system all hosts of an image stand on (read-only), made once by mmdebstrap: about 30 s and 400 MB. */
export async function ensureRootfs(
  image: LabImage,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const recipe = await recipeOf(image);
  // Whoever needs one that is there does not wait for another that is made.
  const there = await freshRootfs(recipe);
  if (there !== undefined) return there;
  return withLock(join(cacheFolder(), '.rootfs.lock'), 600, signal, async () => {
    const fresh = await freshRootfs(recipe);
    if (fresh !== undefined) return fresh;
    try {
      return await build(recipe, onProgress, signal);
    } catch (error) {
      const [old] = await cachedRootfs(recipe.digest);
      if (old === undefined || signal.aborted) throw error;
      onProgress('the Debian archive does not answer: the root file system made earlier is used');
      return old.path;
    }
  });
}

async function freshRootfs({ digest }: Recipe): Promise<string | undefined> {
  const [newest] = await cachedRootfs(digest);
  return newest !== undefined && newest.days < FRESH_DAYS ? newest.path : undefined;
}

/** True when the next `ensureRootfs` will not have to build. */
export async function rootfsIsCached(image: LabImage): Promise<boolean> {
  return (await cachedRootfs((await recipeOf(image)).digest)).length > 0;
}

interface Recipe {
  readonly image: LabImage;
  readonly digest: string;
  readonly sources: string;
  readonly settings: string;
}

async function recipeOf(image: LabImage): Promise<Recipe> {
  const { sources, settings: reach } = await ownAptConfiguration(image.suite);
  const settings = [...reach, 'Acquire::GzipIndexes "true";', 'Acquire::Languages "none";', ''].join('\n');
  const { suite, packages, emulate } = image;
  const emulation = emulate === undefined ? [] : [sh(emulate.script, { env: emulate.env })];
  const own = [...packages, ...emulation];
  const digest = createHash('sha256')
    .update(
      JSON.stringify([RECIPE, suite, PACKAGES, PREFETCHED, MASKED, customizeScript.text, sources, settings, ...own]),
    )
    .digest('hex')
    .slice(0, 12);
  return { image, digest, sources, settings };
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
  onProgress(`making the root file system of the test hosts: ${recipe.image.title} (once, about a minute)`);
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
    `--include=${[...PACKAGES, ...recipe.image.packages].join(',')}`,
    `--aptopt=${join(work, 'apt.conf')}`,
    '--skip=cleanup/apt/lists',
    '--skip=cleanup/apt/cache',
    `--customize-hook=${join(work, 'customize')}`,
    recipe.image.suite,
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
  await makeEmulation(recipe.image, join(work, 'root'), signal);
  await rename(join(work, 'root'), path);
  await removeTree(work);
  return path;
}

/** mmdebstrap gives the folder of the root file system as its argument. */
function customizeHook(): string {
  const env = { PREFETCHED: PREFETCHED.join(' '), SUDOER: SUDO_USER, MASKED: MASKED.join(' ') };
  return `#!/bin/sh\nROOT=$1\n${sh(customizeScript, { env })}\n`;
}

/** Not in a hook: mmdebstrap still wants Debian's own tools after the last one. */
async function makeEmulation({ title, emulate }: LabImage, root: string, signal: AbortSignal): Promise<void> {
  if (emulate === undefined) return;
  const script = sh(emulate.script, { env: { ...emulate.env, ROOT: root } });
  // What runs in the new root has another /tmp than this machine says.
  const result = await runLocal('sh', ['-c', `exec 2>&1; unset TMPDIR; ${script}`], {
    timeoutSeconds: 300,
    signal,
    reject: false,
  });
  if (result.code === 0) return;
  throw new KinitError(`The root file system of the test hosts could not be made: ${title}`, {
    class: 'change',
    tried: 'made it from the root file system of Debian',
    found: lastLines(result.stdout, 12),
    hint: 'Run the same command again; where it fails again, another image may do: kinit lab up --image debian-12.',
  });
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
