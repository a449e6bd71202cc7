import type { Arch } from '../model/artifact.js';
import { boundImages } from './official/image-digests.js';
import { readLockFile } from './official/lock-file.js';
import { mirrored, REGISTRIES, type Origins } from './mirror.js';
import type { Supply } from './supply.js';

/** One row of `kinit artifacts list --origin`: a name that is fetched from outside. */
export interface OriginRow {
  /** checksum: asked for at first use only. repository, key: of packages. package: one that lies in no repository of the hosts. */
  readonly kind: 'file' | 'checksum' | 'image' | 'repository' | 'key' | 'package';
  /** As the official origin calls it: a URL, or the reference of an image. */
  readonly official: string;
  /** Where it is fetched from; the same, where no mirror is set. */
  readonly from: string;
  /** Who fetches it: this machine, or every host that needs it. */
  readonly by: 'kinit' | 'hosts';
  /** sha256:... that the lock file, or the inventory, binds it to; absent before the first use. */
  readonly boundTo?: string;
  /** URL that said so. */
  readonly saidBy?: string;
}

/** Every name that an `official` install of this version fetches, and from where. Nobody is asked. */
export async function listOrigins({
  supply,
  images,
  kubernetesVersion,
  arch,
  origins,
  inventoryDir,
}: {
  readonly supply: Required<Supply>;
  /** Names of the images that hosts get. */
  readonly images: readonly string[];
  readonly kubernetesVersion: string;
  readonly arch: Arch;
  readonly origins: Origins;
  readonly inventoryDir: string;
}): Promise<OriginRow[]> {
  const lock = await readLockFile(inventoryDir);
  const files = supply.files(kubernetesVersion, arch).flatMap(({ url, checksumUrl }): OriginRow[] => {
    const locked = lock.files[url];
    const bound = locked && { boundTo: `sha256:${locked.sha256}`, saidBy: locked.checksumFrom };
    return [
      { kind: 'file', official: url, from: mirrored(url, origins), by: 'kinit', ...bound },
      { kind: 'checksum', official: checksumUrl, from: mirrored(checksumUrl, origins), by: 'kinit' },
    ];
  });
  const wanted = supply.images.filter(({ name }) => images.includes(name));
  const bound = boundImages(wanted, kubernetesVersion, lock);
  const pulled = wanted.flatMap(({ name, ref }): OriginRow[] => {
    const { official, digest = '', digestFrom } = bound.get(name) ?? {};
    if (official === undefined) return [];
    const from = ref(kubernetesVersion, REGISTRIES[origins.images]);
    const known = digestFrom === undefined ? {} : { boundTo: digest, saidBy: digestFrom };
    return [{ kind: 'image', official, from, by: 'hosts', ...known }];
  });
  return [...files, ...pulled];
}
