import { mirrorUrl } from '../../src/model/text/mirror-url.js';
import type { MirrorSetting } from '../../src/runtime/registries.js';

/** A mirror as runtimes get it from the inventory. */
export function mirrorOf(url: string, more: Partial<MirrorSetting> = {}): MirrorSetting {
  const parts = mirrorUrl(url);
  if (parts === undefined) throw new Error(`${url} does not say where /v2 stands`);
  return { ...parts, url, insecure: false, ...more };
}
