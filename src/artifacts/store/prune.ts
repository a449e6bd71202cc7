import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../ssh/local.js';
import { sourceKubernetesVersions } from '../build/plan.js';
import { allManifests, removeManifestsExcept, storedFiles } from './manifest.js';
import { readKernelManifest } from '../kernel/manifest.js';
import { allOwnManifests } from '../own/manifest.js';
import { allUnpacked } from '../official/unpacked.js';
import { buildFolder, storeFolder } from './paths.js';
import { withStoreLock } from './lock.js';

export interface Pruned {
  /** Bytes of build caches removed. */
  readonly cacheBytes: number;
  /** Bytes of store files removed that no manifest names any more. */
  readonly storeBytes: number;
}

/**
 * Empties the build caches and removes store files that no cluster is made of any more: earlier builds, and what was built
 * for a Kubernetes version that this kinit does not build. What the other manifests name stays, so that clusters can still be
 * made without building; official downloads too, unless `official` is given: lock files anywhere may name them.
 */
export async function pruneArtifacts(
  options: {
    readonly signal?: AbortSignal;
    readonly onWait?: (holder: string) => void;
    /** Remove what was downloaded from official origins as well. */
    readonly official?: boolean;
  } = {},
): Promise<Pruned> {
  const signal = options.signal ?? new AbortController().signal;
  const work = async (): Promise<Pruned> => {
    const cacheBytes = await removeCaches(signal);
    if (options.official === true) await rm(join(storeFolder(), 'official'), { recursive: true, force: true });
    await removeManifestsExcept(await sourceKubernetesVersions());
    return { cacheBytes, storeBytes: await removeUnnamed() };
  };
  return withStoreLock(work, { signal, onWait: options.onWait ?? (() => undefined) });
}

async function removeCaches(signal: AbortSignal): Promise<number> {
  const folder = buildFolder();
  if (
    await stat(folder).then(
      () => false,
      () => true,
    )
  )
    return 0;
  const { stdout } = await runLocal('du', ['-sk', folder], { timeoutSeconds: 300, signal, reject: false });
  // Go makes its module cache read-only, folders too.
  await runLocal('chmod', ['-R', 'u+w', folder], { timeoutSeconds: 300, signal, reject: false });
  await rm(folder, { recursive: true, force: true });
  return (Number.parseInt(stdout, 10) || 0) * 1024;
}

async function removeUnnamed(): Promise<number> {
  const named = new Set<string>(
    (await allUnpacked()).flatMap(({ programs }) => Object.values(programs).map(({ sha256 }) => sha256)),
  );
  for (const manifest of [...(await allManifests()), ...(await allOwnManifests())])
    for (const { sha256 } of storedFiles(manifest)) named.add(sha256);
  const kernel = await readKernelManifest();
  if (kernel !== undefined) for (const { sha256 } of [kernel.linux, kernel.modules]) named.add(sha256);
  const folder = join(storeFolder(), 'sha256');
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    if (named.has(name)) continue;
    const file = join(folder, name);
    bytes += (await stat(file)).size;
    await rm(file, { force: true });
  }
  // What interrupted builds and downloads left. Nobody else works here: we hold the lock.
  for (const left of ['tmp', 'partial']) {
    bytes += await sizeOf(join(storeFolder(), left));
    await rm(join(storeFolder(), left), { recursive: true, force: true });
  }
  return bytes;
}

/** Bytes of a folder's files; 0 where there is none. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
