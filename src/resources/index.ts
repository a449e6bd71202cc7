import { clusterNodeKind } from './cluster-node/index.js';
import { nodeJoinKind } from './node-join/index.js';
import { objectKind } from './object/index.js';
import { KinitError } from '../model/error.js';
import type { Resource, ResourceKind } from '../model/resource.js';
import { absentKind } from './absent/index.js';
import { binaryKind } from './binary/index.js';
import { blockKind } from './block/index.js';
import { directoryKind } from './directory/index.js';
import { fileKind } from './file/index.js';
import { firewallKind } from './firewall/index.js';
import { hostnameKind } from './hostname/index.js';
import { imagesKind } from './images/index.js';
import { kernelModuleKind } from './kernel-module/index.js';
import { linkKind } from './link/index.js';
import { packagesKind } from './packages/index.js';
import { selinuxKind } from './selinux/index.js';
import { serviceKind } from './service/index.js';
import { swapKind } from './swap/index.js';
import { sysctlKind } from './sysctl/index.js';
import { tracesKind } from './traces/index.js';
import { userKind } from './user/index.js';

export { absent } from './absent/index.js';
export { object } from './object/index.js';
export { clusterNode } from './cluster-node/index.js';
export { nodeJoin } from './node-join/index.js';
export { binary } from './binary/index.js';
export { block } from './block/index.js';
export { directory } from './directory/index.js';
export { file } from './file/index.js';
export { firewall } from './firewall/index.js';
export { type FirewallPort, type FirewallWishes } from './firewall/ports.js';
export { hostname } from './hostname/index.js';
export { images } from './images/index.js';
export { kernelModule } from './kernel-module/index.js';
export { link } from './link/index.js';
export { packages } from './packages/index.js';
export { selinux } from './selinux/index.js';
export { service } from './service/index.js';
export { swapOff } from './swap/index.js';
export { sysctl } from './sysctl/index.js';
export { traces } from './traces/index.js';
export { user } from './user/index.js';

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
