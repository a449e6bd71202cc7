import type { Emit } from '../../model/event.js';
import { parseImageRef, registryHost } from '../../model/text/image-ref.js';
import type { LockFile } from './lock-file.js';
import type { BoundImage } from './image-digests.js';
import type { OfficialFile } from './file.js';
import type { RegistryEndpoint } from './registry.js';

/** At most so many are named. */
const NAMED = 4;

export interface Vouching {
  readonly files: readonly OfficialFile[];
  readonly images: Iterable<BoundImage>;
  readonly lock: LockFile;
  /** What the user named as an origin of their own is taken at its word. */
  readonly baseUrl?: string | undefined;
  readonly endpoints?: ((registry: string) => readonly RegistryEndpoint[]) | undefined;
}

/**
 * Says of which files and images only a mirror vouches for what they are, because the origin did not answer at first use: who
 * has the mirror could have given something else, and it would have been bound all the same.
 */
export function sayWhoVouches({ files, images, lock, baseUrl, endpoints }: Vouching, emit: Emit): void {
  const others = new Map<string, string[]>();
  const tell = (what: string, from: string | undefined, origin: string): void => {
    if (from === undefined || new URL(from).host === origin) return;
    const { host } = new URL(from);
    others.set(host, [...(others.get(host) ?? []), what]);
  };
  for (const { url, checksumUrl } of files) {
    const from = lock.files[url]?.checksumFrom;
    if (baseUrl === undefined || from?.startsWith(baseUrl) !== true)
      tell(url.slice(url.lastIndexOf('/') + 1), from, new URL(checksumUrl).host);
  }
  for (const { official, digestFrom } of images) {
    const { registry } = parseImageRef(official);
    if (endpoints?.(registry).some(({ url }) => url === digestFrom) !== true)
      tell(official, digestFrom, registryHost(registry));
  }
  for (const [host, names] of others) {
    const more = names.length > NAMED ? ` and ${String(names.length - NAMED)} more` : '';
    emit({
      type: 'warning',
      text: `only the mirror ${host} vouches for ${names.slice(0, NAMED).join(', ')}${more}: their origins did not answer when they were first used. Compare kinit.lock.json with one made where they answer.`,
    });
  }
}
