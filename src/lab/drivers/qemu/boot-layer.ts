import { mkdir, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KinitError } from '../../../model/error.js';
import { sha256Hex } from '../../../model/text/digest.js';
import { lastLines } from '../../../model/text/last-lines.js';
import { sh, shellScript } from '../../../shell/script.js';
import { removeTree } from '../../commands/remove.js';
import { inOwnMounts } from '../../host/own-mounts.js';
import { resolvers } from '../../host/resolvers.js';
import { exists } from '../../state/exists.js';
import { withLock } from '../../state/lock.js';
import { cacheFolder } from '../../state/paths.js';
import type { PrepareOptions } from '../driver.js';

const layerScript = shellScript('./boot-layer.sh', import.meta.url);

/** Debian's kernel for virtual machines: the smallest, with all that such a host has. */
const KERNEL = 'linux-image-cloud-amd64';
/** The only partition of the disk, as a host sees it. */
const DEVICE = '/dev/vda1';
const ARGUMENTS = 'console=ttyS0 net.ifnames=0';

const PREFIX = 'boot-';

/** The folder over a root file system with what a machine boots with. It is there once `ensureBootLayer` has been called. */
export function bootLayer(rootfs: string): string {
  return join(cacheFolder(), `${PREFIX}${recipe()}-${basename(rootfs)}`, 'upper');
}

/** Made once for a root file system, from its own distribution's packages: about 20 s and 150 MB. */
export async function ensureBootLayer({ rootfs, onProgress, signal }: PrepareOptions): Promise<void> {
  const upper = bootLayer(rootfs);
  await withLock(join(cacheFolder(), '.boot.lock'), 600, signal, async () => {
    if (await exists(upper)) return;
    await removeOld();
    onProgress('installing kernel and boot loader for the test hosts (once, about half a minute)');
    await make(rootfs, upper, signal);
  });
}

async function make(rootfs: string, upper: string, signal: AbortSignal): Promise<void> {
  const folder = join(upper, '..');
  const half = `${folder}.new`;
  await removeTree(half);
  await mkdir(half, { recursive: true, mode: 0o700 });
  const env = { ROOTFS: rootfs, LAYER: half, KERNEL, ARGUMENTS, DEVICE, RESOLV_CONF: await resolvers() };
  const text = `exec 2>&1\n${sh(layerScript, { env })}`;
  const result = await inOwnMounts(text, { timeoutSeconds: 600, signal, reject: false });
  if (result.code === 0) {
    await removeTree(join(half, 'work'));
    await rename(half, folder);
    return;
  }
  await removeTree(half);
  throw new KinitError('Kernel and boot loader of the test hosts could not be installed', {
    class: 'change',
    tried: `apt-get install ${KERNEL} over ${rootfs}`,
    found: lastLines(result.stdout, 8),
    hint: 'Check that this machine reaches its Debian archive (apt-get update), then run the same command again.',
  });
}

/** Those whose root file system is gone, and what a killed kinit left. Hosts have copied what they needed. */
async function removeOld(): Promise<void> {
  const entries: string[] = await readdir(cacheFolder()).catch(() => []);
  const current = entries.map((entry) => `${PREFIX}${recipe()}-${entry}`);
  for (const entry of entries)
    if (entry.startsWith(PREFIX) && !current.includes(entry)) await removeTree(join(cacheFolder(), entry));
}

function recipe(): string {
  return sha256Hex(JSON.stringify([layerScript.text, KERNEL, DEVICE, ARGUMENTS])).slice(0, 8);
}
