import type { Resource } from '../model/resource.js';
import { file } from '../resources/index.js';

/** modules-load.d(5): what systemd loads at boot, in every distribution since it has been there. */
export function modulesLoad(names: readonly string[]): Resource {
  return file({ path: '/etc/modules-load.d/kinit.conf', content: `${names.join('\n')}\n`, mode: 0o644 });
}
