import type { Cause } from '../cause.js';
import { wrongAddress } from './host/address.js';
import { balancerDown } from './cluster/balancer.js';
import { caMissing } from './host/ca-missing.js';
import { certificateExpired } from './host/certificate.js';
import { cgroupDriver, cgroupV1Refused } from './host/cgroup.js';
import { clockSkew } from './host/clock.js';
import { cniConfigMissing, staleCni } from './cluster/cni.js';
import { datastoreGone } from './cluster/datastore-gone.js';
import { datastoreTorn } from './cluster/datastore-torn.js';
import { apiDown, containerCrash } from './cluster/container.js';
import { diskFull } from './host/disk.js';
import { defaultRoleMissing } from './cluster/default-role.js';
import { dnsLoop } from './cluster/dns.js';
import { serverDown } from './cluster/server.js';
import { servingRequestPending } from './cluster/serving-request.js';
import { slowDisks } from './cluster/slow-disk.js';
import { hangs } from './host/hangs.js';
import { firewallApi, firewallKubelet, firewallOverlay } from './host/firewall.js';
import { leftovers } from './host/leftovers.js';
import { sameIdentity } from './host/identity.js';
import { imagePull } from './cluster/image.js';
import { kubectlNoConfig } from './cluster/kubectl.js';
import { outOfMemory } from './host/memory.js';
import { renamed } from './host/name.js';
import { brNetfilter, ipForward } from './host/netfilter.js';
import { nodeDeleted } from './cluster/node-deleted.js';
import { kubeletDown, nodeGone, nodeNotReady, proxyDown } from './cluster/nodes.js';
import { portTaken } from './host/port.js';
import { criDisabled, runtimeDown } from './cluster/runtime.js';
import { swapOn } from './host/swap.js';

/** Every known cause. Their ranks, not this order, decide which comes first. */
export const causes: readonly Cause[] = [
  diskFull,
  outOfMemory,
  clockSkew,
  caMissing,
  certificateExpired,
  sameIdentity,
  renamed,
  swapOn,
  cgroupV1Refused,
  criDisabled,
  portTaken,
  hangs,
  balancerDown,
  wrongAddress,
  nodeDeleted,
  defaultRoleMissing,
  cgroupDriver,
  brNetfilter,
  ipForward,
  firewallApi,
  firewallKubelet,
  firewallOverlay,
  runtimeDown,
  datastoreGone,
  datastoreTorn,
  serverDown,
  leftovers,
  staleCni,
  proxyDown,
  cniConfigMissing,
  nodeGone,
  kubeletDown,
  dnsLoop,
  imagePull,
  servingRequestPending,
  ...slowDisks,
  containerCrash,
  nodeNotReady,
  apiDown,
  kubectlNoConfig,
];
