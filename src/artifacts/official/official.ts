import type { Arch, ArtifactSet, BinaryArtifact, ImageArtifact, ImageRefs } from '../../model/artifact.js';
import { defined } from '../../model/defined.js';
import { mirrored, type Origins } from '../mirror.js';
import type { OfficialFile } from './file.js';
import { bindImages, boundImages, type BoundImage } from './image-digests.js';
import { fetchAll, type FetchOptions } from './fetch.js';
import { fromStore } from './in-store.js';
import { readLockFile, type LockFile } from './lock-file.js';
import type { RegistryEndpoint } from './registry.js';
import type { Unpacked } from './unpacked.js';
import { foreseenOwnImages, ownImages } from '../own/own.js';
import { storedFile } from '../store/paths.js';
import { withStoreLock } from '../store/lock.js';
import { imageRefs, isServed, type ImageSupply, type Supply } from '../supply.js';
import { sayWhoVouches } from './vouched.js';

export interface OfficialOptions extends FetchOptions {
  readonly supply: Required<Supply>;
  readonly kubernetesVersion: string;
  readonly arch: Arch;
  /** Images that hosts will be given; others are not asked for. Default: all. */
  readonly wanted?: ((image: string) => boolean) | undefined;
  /** Places of the user's own that have what a registry has. */
  readonly endpoints?: ((registry: string) => readonly RegistryEndpoint[]) | undefined;
}

/**
 * Official releases: what the store does not have is downloaded and checked, against the lock file beside the inventory
 * or, at first use, against the origin's own checksum file, which the lock file then keeps. Hosts pull the images, by the
 * digests that the lock file binds them to, but for those of kinit's own programs. Throws 'artifact'.
 */
export async function officialArtifacts(options: OfficialOptions): Promise<ArtifactSet> {
  const catalogue = options.supply.files(options.kubernetesVersion, options.arch);
  const locked = await readLockFile(options.inventoryDir);
  const known = await Promise.all(catalogue.map((file) => fromStore(file, locked)));
  const unpacked = known.every((one) => one !== undefined)
    ? known
    : await withStoreLock(() => fetchAll(catalogue, options), {
        onWait: (holder) =>
          options.emit({ type: 'progress', text: `waiting for another kinit that fetches artifacts (${holder})` }),
        signal: options.signal,
      });
  await bindImages({ ...options, images: wantedImages(options), mirror: options.origins.images });
  const lock = await readLockFile(options.inventoryDir);
  return setOf(options, lock, { catalogue, unpacked, own: await ownImages(options) });
}

type StoredOptions = Pick<
  OfficialOptions,
  'supply' | 'kubernetesVersion' | 'arch' | 'origins' | 'inventoryDir' | 'wanted' | 'endpoints' | 'emit'
>;

/** The same from what is here already; of what is not, the digest is ''. Nothing is fetched, asked for, built or written. */
export async function officialAsStored(options: StoredOptions): Promise<ArtifactSet> {
  const catalogue = options.supply.files(options.kubernetesVersion, options.arch);
  const locked = await readLockFile(options.inventoryDir);
  const known = await Promise.all(catalogue.map((file) => fromStore(file, locked)));
  return setOf(options, locked, { catalogue, unpacked: known, own: await foreseenOwnImages(options) });
}

interface Found {
  readonly catalogue: readonly OfficialFile[];
  /** Of each file of the catalogue; undefined: it is not here yet. */
  readonly unpacked: readonly (Unpacked | undefined)[];
  readonly own: readonly ImageArtifact[];
}

function setOf(options: StoredOptions, lock: LockFile, { catalogue, unpacked, own }: Found): ArtifactSet {
  const { arch, kubernetesVersion, supply, origins, emit } = options;
  const bound = boundImages(wantedImages(options), kubernetesVersion, lock);
  const { baseUrl } = origins;
  sayWhoVouches({ files: catalogue, images: bound.values(), lock, baseUrl, endpoints: options.endpoints }, emit);
  return {
    arch,
    source: 'official',
    kubernetesVersion,
    binaries: catalogue.flatMap((file, i) => binaries(file, unpacked[i], origins)),
    images: [
      ...officialImages(supply.images, imageRefs(supply.images, kubernetesVersion, origins.images), bound),
      ...own,
    ],
  };
}

function wantedImages({ supply, wanted }: Pick<OfficialOptions, 'supply' | 'wanted'>): readonly ImageSupply[] {
  return supply.images.filter(({ name }) => wanted?.(name) !== false);
}

function binaries(file: OfficialFile, unpacked: Unpacked | undefined, origins: Origins): BinaryArtifact[] {
  const fetched = { url: mirrored(file.url, origins), sha256: unpacked?.file.sha256 ?? '' };
  return file.programs.map(({ name, installPath, links, group, on, member }) => {
    const stored = unpacked?.programs[name] ?? { sha256: '', size: 0 };
    const localFile = stored.sha256 === '' ? '' : storedFile(stored.sha256);
    const download = { ...fetched, ...defined({ member }) };
    return {
      name,
      version: file.version,
      localFile,
      ...stored,
      installPath,
      links,
      group,
      ...defined({ on }),
      download,
    };
  });
}

function officialImages(
  images: readonly ImageSupply[],
  refs: ImageRefs,
  bound: ReadonlyMap<string, BoundImage>,
): ImageArtifact[] {
  return images.filter(isServed).map(({ name, on, pinned }) => ({
    name,
    refs: [refs[name] ?? name],
    digest: bound.get(name)?.digest ?? '',
    on,
    ...(pinned === true ? { pinned } : {}),
  }));
}
