import type { Phase } from '../model/phase.js';
import { dns, network, proxy } from './addons.js';
import { binaries } from './binaries.js';
import { clusterConfig } from './cluster-config.js';
import { controllers, controlPlane } from './control-plane.js';
import { firewall } from './firewall.js';
import { hostname } from './hostname.js';
import { hostsFile } from './hosts-file.js';
import { images } from './images.js';
import { join, nodeService } from './join.js';
import { kubelet } from './kubelet.js';
import { modules } from './modules.js';
import { packages } from './packages.js';
import { pki } from './pki.js';
import { ready } from './ready.js';
import { runtime } from './runtime.js';
import { selinux } from './selinux.js';
import { swap } from './swap.js';
import { sysctls } from './sysctls.js';
import { time } from './time.js';
import { traces } from './traces.js';

/**
 * The whole way from a bare host to a working cluster, in order. Each host walks down
 * this list by itself; a phase waits for other hosts only where it names phases in `after`.
 */
export const phases: readonly Phase[] = [
  hostname,
  hostsFile,
  packages,
  time,
  swap,
  selinux,
  firewall,
  modules,
  sysctls,
  binaries,
  runtime,
  traces,
  images,
  pki,
  kubelet,
  controlPlane,
  controllers,
  clusterConfig,
  proxy,
  network,
  dns,
  join,
  nodeService,
  ready,
];
