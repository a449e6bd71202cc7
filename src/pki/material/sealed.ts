import type { HostMaterial } from '../../model/phase.js';
import { isSealed, sealedKeyOf } from '../../model/text/sealed.js';

/**
 * Whether what was planned from what is public of the hosts' files can be done only with what is secret of them: something
 * has to be signed or put together with a key, or a file has to be written that so far only another host has.
 */
export function needsKeys(
  material: Readonly<Record<string, HostMaterial>>,
  found: ReadonlyMap<string, Readonly<Record<string, string>>>,
): boolean {
  return Object.entries(material).some(([host, files]) =>
    Object.entries(files).some(
      ([path, { content, provisional }]) =>
        provisional === true ||
        ((isSealed(content) || sealedKeyOf(content) !== undefined) && found.get(host)?.[path] !== content),
    ),
  );
}
