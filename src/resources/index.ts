import { clusterNodeKind } from '../cluster/node.js';
import { nodeJoinKind } from '../cluster/join.js';
import { objectKind } from '../cluster/object.js';
import { KinitError } from '../model/error.js';
import type { Resource, ResourceKind } from '../model/resource.js';
import { absentKind } from './absent.js';
import { binaryKind } from './binary.js';
import { blockKind } from './block.js';
import { directoryKind } from './directory.js';
import { fileKind } from './file.js';
import { firewallKind } from './firewall.js';
import { hostnameKind } from './hostname.js';
import { imagesKind } from './images.js';
import { kernelModuleKind } from './kernel-module.js';
import { linkKind } from './link.js';
import { packagesKind } from './packages.js';
import { selinuxKind } from './selinux.js';
import { serviceKind } from './service.js';
import { swapKind } from './swap.js';
import { sysctlKind } from './sysctl.js';
import { tracesKind } from './traces.js';
import { userKind } from './user.js';

export { absent } from './absent.js';
export { binary } from './binary.js';
export { block } from './block.js';
export { directory } from './directory.js';
export { file } from './file.js';
export { firewall } from './firewall.js';
export { type FirewallPort, type FirewallWishes } from './firewall-ports.js';
export { hostname } from './hostname.js';
export { images } from './images.js';
export { kernelModule } from './kernel-module.js';
export { link } from './link.js';
export { packages } from './packages.js';
export { selinux } from './selinux.js';
export { service } from './service.js';
export { swapOff } from './swap.js';
export { sysctl } from './sysctl.js';
export { traces } from './traces.js';
export { user } from './user.js';

/** Every kind there is. A new kind is one file and one line here. */
const KINDS: readonly ResourceKind<Resource, unknown>[] = [
  erase(absentKind),
  erase(binaryKind),
  erase(blockKind),
  erase(directoryKind),
  erase(fileKind),
  erase(firewallKind),
  erase(hostnameKind),
  erase(imagesKind),
  erase(kernelModuleKind),
  erase(linkKind),
  erase(packagesKind),
  erase(selinuxKind),
  erase(serviceKind),
  erase(swapKind),
  erase(sysctlKind),
  erase(tracesKind),
  erase(userKind),
  erase(objectKind),
  erase(clusterNodeKind),
  erase(nodeJoinKind),
];

const BY_NAME = new Map(KINDS.map((kind) => [kind.kind, kind]));

/** How a resource is observed, compared, applied and undone. */
export function kindOf(resource: Resource): ResourceKind<Resource, unknown> {
  const kind = BY_NAME.get(resource.kind);
  if (kind === undefined)
    throw new KinitError(`there is no resource kind '${resource.kind}'`, {
      class: 'internal',
      tried: resource.id,
      hint: 'Add it to src/resources/index.ts.',
    });
  return kind;
}

/**
 * The one place where a kind's own types are forgotten. It is sound because kindOf hands a resource only to the kind whose
 * name it carries, and a Seen only comes from that kind's own parse.
 */
function erase<R extends Resource, Seen>(kind: ResourceKind<R, Seen>): ResourceKind<Resource, unknown> {
  return kind as unknown as ResourceKind<Resource, unknown>;
}
