import type { Phase } from '../model/phase.js';
import { addOnPhases } from './cluster/add-ons.js';
import { backups } from './cluster/backups.js';
import { balancer, balancerElsewhere, throughBalancer } from './cluster/balancer.js';
import { binaries } from './host/binaries.js';
import { clusterConfig } from './cluster/cluster-config.js';
import { controllers, controlPlane, controlPlaneSettled, datastore, datastoreKept } from './cluster/control-plane.js';
import { firewall } from './host/firewall.js';
import { hostname } from './host/hostname.js';
import { hostsFile } from './host/hosts-file.js';
import { images } from './host/images.js';
import { join, nodeService } from './cluster/join.js';
import { kubelet } from './cluster/kubelet/index.js';
import { leftovers } from './host/leftovers.js';
import { modules } from './host/modules.js';
import { noProxy } from './host/no-proxy.js';
import { packages } from './host/packages.js';
import { pki } from './cluster/pki.js';
import { repositories } from './host/repositories.js';
import { ready } from './cluster/ready.js';
import { podLinks } from './host/pod-links.js';
import { record } from './cluster/record.js';
import { runtime } from './host/runtime.js';
import { selinux } from './host/selinux.js';
import { swap } from './host/swap.js';
import { sysctls } from './host/sysctls.js';
import { time } from './host/time.js';
import { tokens } from './cluster/tokens.js';
import { storedDataPhase } from './cluster/stored-data.js';
import { trust } from './cluster/trust.js';
import { virtualAddress } from './cluster/virtual-address.js';
import { traces } from './host/traces.js';

export { foldersOf } from './cluster/pki.js';

/**
 * The whole way from a bare host to a working cluster, in order. Each host walks down
 * this list by itself; a phase waits for other hosts only where it names phases in `after`.
 */
export const phases: readonly Phase[] = [
  leftovers,
  hostname,
  hostsFile,
  repositories,
  packages,
  time,
  swap,
  selinux,
  firewall,
  modules,
  sysctls,
  podLinks,
  binaries,
  noProxy,
  runtime,
  traces,
  images,
  pki,
  kubelet,
  balancer,
  datastore,
  controlPlane,
  controllers,
  virtualAddress,
  clusterConfig,
  record,
  backups,
  throughBalancer,
  trust,
  ...addOnPhases,
  controlPlaneSettled,
  join,
  nodeService,
  balancerElsewhere,
  datastoreKept,
  storedDataPhase,
  tokens,
  ready,
];
