import { access, mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { buildFolder, cacheFolder } from '../store/paths.js';

/** Measured: module cache 4 GB, build cache 8 GB, artifacts under 1 GB, and room for the linker's temporary files. */
const COLD_BYTES = 14e9;
const WARM_BYTES = 1e9;

/** Throws 'artifact' where the cache folder's disk has too little room, before anything is built. */
export async function checkDisk(): Promise<void> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const warm = await access(join(buildFolder(), 'go-mod', 'k8s.io'))
    .then(() => access(join(buildFolder(), 'go-build', 'ff')))
    .then(
      () => true,
      () => false,
    );
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

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
