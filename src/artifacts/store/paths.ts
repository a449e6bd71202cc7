import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Arch } from '../../model/artifact.js';

/** The user's cache folder for kinit: $XDG_CACHE_HOME/kinit, else ~/.cache/kinit. A relative XDG_CACHE_HOME is ignored, as its specification says. */
export function cacheFolder(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'kinit');
}

/** What lasts: files by their sha256, and the manifests that name them. */
export function storeFolder(): string {
  return join(cacheFolder(), 'store');
}

/** Go's module and build caches and temporary files: large, and only worth time. `kinit artifacts prune` empties it. */
export function buildFolder(): string {
  return join(cacheFolder(), 'build');
}

export function storedFile(sha256: string): string {
  return join(storeFolder(), 'sha256', sha256);
}

export function manifestFile(kubernetesVersion: string, arch: Arch): string {
  return join(storeFolder(), 'manifests', `source-${kubernetesVersion}-${arch}.json`);
}

/** The Go modules that `source` artifacts are built from; beside src/ in a checkout and dist/ in a package. */
export function componentsFolder(): string {
  return fileURLToPath(new URL('../../../components', import.meta.url));
}

/** What was made of kinit's own programs for hosts of one architecture. */
export function ownManifestFile(arch: Arch): string {
  return join(storeFolder(), 'manifests', `own-${arch}.json`);
}

/** kinit's own programs, built when the package was packed; a checkout has no such folder. */
export function packedFolder(): string {
  return fileURLToPath(new URL('../../../prebuilt', import.meta.url));
}

/** The architecture of this machine by Go's name. */
export function ownArch(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
