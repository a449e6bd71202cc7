import { access, mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { allManifests } from '../store/manifest.js';
import { buildFolder, cacheFolder } from '../store/paths.js';
import { KUBERNETES_MODULE } from './components.js';

/** Measured: module cache 4 GB, build cache 8 GB, artifacts under 1 GB, and room for the linker's temporary files. */
const COLD_BYTES = 14e9;
const WARM_BYTES = 1e9;

/** Throws 'artifact' where the cache folder's disk has too little room, before anything is built. */
export async function checkDisk(): Promise<void> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const warm = await cachesAreFull();
  const needed = warm ? WARM_BYTES : COLD_BYTES;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new KinitError('too little free disk space to build artifacts', {
    class: 'artifact',
    tried: `look at the disk of ${folder}`,
    found: `${gigabytes(free)} free, ${gigabytes(needed)} needed${warm ? '' : ' (12 GB of it for build caches, which kinit artifacts prune empties)'}`,
    hint: 'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
  });
}

/** Go makes the folders of its caches when it begins: only a finished build says that they are full. */
async function cachesAreFull(): Promise<boolean> {
  const built = (await allManifests()).flatMap(({ components }) => Object.values(components));
  if (!built.some(({ origin }) => origin.startsWith(`${KUBERNETES_MODULE} `))) return false;
  return access(join(buildFolder(), 'go-build')).then(
    () => true,
    () => false,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
