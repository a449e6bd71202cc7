import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allManifests } from '../../../src/artifacts/store/manifest.js';
import { ensureSnapshot } from '../../../src/lab/index.js';
import { IMAGES } from '../../../src/lab/images/index.js';
import { DEFAULT_IMAGE } from '../../../src/lab/images/names.js';
import { ensureRootfs } from '../../../src/lab/rootfs/rootfs.js';
import { kinitOk, labName } from './kinit.js';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));
/** Rooms that say how programs, runtime and images get onto a host. */
const ROOMS = ['artifacts', 'network', 'os', 'phases/host', 'resources', 'runtime', 'shell'];

/**
 * A snapshot of hosts that `kinit init` has given packages, programs, the runtime and images, and that are in no cluster: what
 * is left for it to do there is the cluster. Made anew when what comes onto the hosts, or the code that brings it there, is
 * another.
 */
export async function preparedHosts(): Promise<string> {
  const signal = new AbortController().signal;
  const onProgress = (): void => undefined;
  const digest = createHash('sha256');
  digest.update(await ensureRootfs(IMAGES[DEFAULT_IMAGE], onProgress, signal));
  digest.update(JSON.stringify(await allManifests()));
  for (const file of ROOMS.flatMap(filesOf)) digest.update(`${file}\0`).update(readFileSync(join(DIST, file)));
  return ensureSnapshot({
    digest: digest.digest('hex').slice(0, 12),
    labName: labName('prepare'),
    prepare: async ({ inventoryFile }) => {
      await kinitOk(['init', '-i', inventoryFile, '--only', 'packages,binaries,runtime,images']);
    },
    onProgress,
    signal,
  });
}

function filesOf(room: string): string[] {
  return readdirSync(join(DIST, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name).slice(DIST.length))
    .sort();
}
