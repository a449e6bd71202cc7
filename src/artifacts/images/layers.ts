import { defined } from '../../model/defined.js';
import { storedFile } from '../store/paths.js';
import type { ImageTools } from '../supply.js';
import { BASE_PACKAGES, baseEntries } from './files.js';
import type { Layer } from './oci.js';
import type { TarEntry } from './tar.js';

/** What programs expect around them: a C library, the firewall's tools, CA certificates, a shell to look around with. */
export function baseLayer(tools: ImageTools): Promise<Layer> {
  return tools.layer('base', async () => layerOrder(baseEntries((await tools.unpack(BASE_PACKAGES)).entries)));
}

/** One built program at its place in the image. */
export function programLayer(
  tools: ImageTools,
  program: string,
  path: string,
  { xattrs, more = [] }: { readonly xattrs?: TarEntry['xattrs']; readonly more?: readonly TarEntry[] } = {},
): Promise<Layer> {
  const stored = tools.programs[program];
  if (stored === undefined) throw new Error(`image made without its program ${program}`);
  const content = { localFile: storedFile(stored.sha256), size: stored.size };
  const entry: TarEntry = { path, type: 'file', mode: 0o755, content, ...defined({ xattrs }) };
  return tools.layer(program, () => Promise.resolve(layerOrder([entry, ...more])));
}

/** Entries with the folders above them, folders before what is in them, hard links after their targets, each path once (the last one wins). */
export function layerOrder(entries: readonly TarEntry[]): TarEntry[] {
  const byPath = new Map<string, TarEntry>();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (!byPath.has(parent)) byPath.set(parent, { path: parent, type: 'directory', mode: 0o755 });
    }
    byPath.set(entry.path, entry);
  }
  const rank = (entry: TarEntry): number => (entry.type === 'hardlink' ? 1 : 0);
  return [...byPath.values()].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}
