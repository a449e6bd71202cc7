import type { Cause } from '../cause.js';
import { wrongAddress } from './address.js';
import { certificateExpired } from './certificate.js';
import { cgroupDriver, cgroupV1Refused } from './cgroup.js';
import { clockSkew } from './clock.js';
import { cniConfigMissing, staleCni } from './cni.js';
import { apiDown, containerCrash } from './container.js';
import { diskFull } from './disk.js';
import { dnsLoop } from './dns.js';
import { etcdSlowDisk } from './etcd.js';
import { firewallApi, firewallKubelet, firewallOverlay } from './firewall.js';
import { sameIdentity } from './identity.js';
import { imagePull } from './image.js';
import { kubectlNoConfig } from './kubectl.js';
import { outOfMemory } from './memory.js';
import { brNetfilter, ipForward } from './netfilter.js';
import { kubeletDown, nodeGone, nodeNotReady, proxyDown } from './nodes.js';
import { portTaken } from './port.js';
import { criDisabled, runtimeDown } from './runtime.js';
import { swapOn } from './swap.js';

/** Every known cause. Their ranks, not this order, decide which comes first. */
export const causes: readonly Cause[] = [
  diskFull,
  outOfMemory,
  clockSkew,
  certificateExpired,
  sameIdentity,
  swapOn,
  cgroupV1Refused,
  criDisabled,
  portTaken,
  wrongAddress,
  cgroupDriver,
  brNetfilter,
  ipForward,
  firewallApi,
  firewallKubelet,
  firewallOverlay,
  runtimeDown,
  staleCni,
  proxyDown,
  cniConfigMissing,
  nodeGone,
  kubeletDown,
  dnsLoop,
  imagePull,
  etcdSlowDisk,
  containerCrash,
  nodeNotReady,
  apiDown,
  kubectlNoConfig,
];
