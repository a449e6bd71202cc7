import { layerOrder } from '../build/debian.js';
import { storedFile } from '../store/paths.js';
import type { ImageTools } from '../supply.js';
import { BASE_PACKAGES, baseEntries } from './files.js';
import type { Layer } from './oci.js';
import type { TarEntry } from './tar.js';

/** What programs expect around them: a C library, the firewall's tools, CA certificates, a shell to look around with. */
export function baseLayer(tools: ImageTools): Promise<Layer> {
  return tools.layer('base', async () => layerOrder(baseEntries((await tools.debian(BASE_PACKAGES)).entries)));
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
  const entry: TarEntry = { path, type: 'file', mode: 0o755, content, ...(xattrs === undefined ? {} : { xattrs }) };
  return tools.layer(program, () => Promise.resolve(layerOrder([entry, ...more])));
}
