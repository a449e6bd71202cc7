import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { limiter } from '../../model/limit.js';
import { parseImageRef, registryHost } from '../../model/text/image-ref.js';
import { REGISTRIES, type Mirror } from '../mirror.js';
import { isServed, type ImageSupply } from '../supply.js';
import { readLockFile, writeLockFile, type LockFile } from './lock-file.js';
import { manifestDigest, type RegistryEndpoint } from './registry.js';

/** What an official image is bound to, and who said so. */
export interface BoundImage {
  /** Its name on the official registry: names it in the lock file, whatever mirror it comes from. */
  readonly official: string;
  /** '' where nobody was asked yet. */
  readonly digest: string;
  /** URL of the registry that was asked; absent where none was. */
  readonly digestFrom?: string;
}

export interface BindOptions {
  readonly images: readonly ImageSupply[];
  readonly kubernetesVersion: string;
  readonly mirror: Mirror;
  /** Places of the user's own that have what a registry has, best first: they speak for themselves, as baseUrl does. */
  readonly endpoints?: ((registry: string) => readonly RegistryEndpoint[]) | undefined;
  readonly inventoryDir: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Seconds until a registry must have answered; where another one can be asked, it is not waited for so long. */
const TIMEOUT = 20;
const TIMEOUT_BEFORE_ANOTHER = 5;
const AT_ONCE = 4;

/** Digests of official images by name, as the lock file has them. */
export function boundImages(
  images: readonly ImageSupply[],
  kubernetesVersion: string,
  lock: LockFile,
): ReadonlyMap<string, BoundImage> {
  return new Map(
    official(images).map((image) => {
      const name = image.ref(kubernetesVersion, REGISTRIES.none);
      return [image.name, { official: name, digest: '', ...lock.images?.[name] }];
    }),
  );
}

/**
 * The same, and what the lock file does not have yet is asked of its origin and kept there: a tag may lead to another image
 * tomorrow, or to another one at a mirror. Throws 'artifact' where nobody answers.
 */
export async function bindImages(options: BindOptions): Promise<void> {
  const { images, kubernetesVersion, inventoryDir, emit } = options;
  const bound = boundImages(images, kubernetesVersion, await readLockFile(inventoryDir));
  const missing = official(images).filter(({ name }) => bound.get(name)?.digest === '');
  if (missing.length === 0) return;
  emit({ type: 'progress', text: `asking registries for the digests of ${String(missing.length)} images` });
  const slot = limiter(AT_ONCE);
  const asked = await Promise.all(missing.map((image) => slot(async () => askOne(image, options))));
  const lock = await readLockFile(inventoryDir);
  await writeLockFile(inventoryDir, { ...lock, images: { ...lock.images, ...Object.fromEntries(asked) } });
}

async function askOne(
  image: ImageSupply,
  options: BindOptions,
): Promise<readonly [string, { readonly digest: string; readonly digestFrom: string }]> {
  const name = image.ref(options.kubernetesVersion, REGISTRIES.none);
  const places = placesOf(image, options);
  let failure: unknown;
  for (const [i, { endpoint, repository, tag }] of places.entries()) {
    const timeoutSeconds = i === places.length - 1 ? TIMEOUT : TIMEOUT_BEFORE_ANOTHER;
    try {
      const digest = await manifestDigest(endpoint, repository, tag, { signal: options.signal, timeoutSeconds });
      return [name, { digest, digestFrom: endpoint.url }];
    } catch (error) {
      if (error instanceof KinitError && error.context.class === 'interrupted') throw error;
      failure = error;
    }
  }
  throw failure;
}

interface Place {
  readonly endpoint: RegistryEndpoint;
  readonly repository: string;
  readonly tag: string;
}

/** Who is asked about an image, best first: the user's own places; else its origin, and behind it the mirror. */
function placesOf(image: ImageSupply, { kubernetesVersion, mirror, endpoints }: BindOptions): Place[] {
  const refs = [image.ref(kubernetesVersion, REGISTRIES.none), image.ref(kubernetesVersion, REGISTRIES[mirror])];
  const [origin, ...mirrored] = [...new Set(refs)].map((ref): readonly Place[] => {
    const { registry, repository, tag = 'latest' } = parseImageRef(ref);
    const place = (endpoint: RegistryEndpoint): Place => ({ endpoint, repository, tag });
    const own = (endpoints?.(registry) ?? []).map(place);
    return own.length > 0 ? own : [place({ url: `https://${registryHost(registry)}` })];
  });
  return [...(origin ?? []), ...mirrored.flat()];
}

/** Images that a registry has. */
function official(images: readonly ImageSupply[]): readonly ImageSupply[] {
  return images.filter(isServed);
}
