import type { ImageBuild } from '../supply.js';
import { layerOrder } from './layers.js';
import type { TarEntry } from './tar.js';

interface PackagesImage {
  /** Of the image, its archive and its first package. */
  readonly name: string;
  /** Debian packages that its files are of. */
  readonly packages: readonly string[];
  /** Paths of what stays of them; what else they have only sets up a host. */
  readonly kept: RegExp;
  /** What they do not have. */
  readonly more?: readonly TarEntry[];
  readonly entrypoint: string;
  /** Where the version of the package is not known. */
  readonly tag: string;
}

/** An image in an archive of its own, of one layer with files of Debian packages. */
export function imageOfPackages({ name, packages, kept, more = [], entrypoint, tag }: PackagesImage): ImageBuild {
  return {
    archive: name,
    programs: [],
    packages,
    make: async (tools) => {
      const files = await tools.unpack(packages);
      const entries = (): readonly TarEntry[] => [...files.entries.filter(({ path }) => kept.test(path)), ...more];
      const layer = await tools.layer(name, () => Promise.resolve(layerOrder(entries())));
      const labels = { 'org.opencontainers.image.version': files.versions[name] ?? tag };
      return { layers: [layer], config: { entrypoint: [entrypoint], labels } };
    },
  };
}
