import { flannelObjects } from '../templates/index.js';
import type { PodNetwork } from './pod-network.js';

export const flannel: PodNetwork = {
  title: 'flannel',
  objects: flannelObjects,
  // The kernel's own VXLAN port, which flannel keeps (flannel: Documentation/backends.md).
  ports: (spec) => (spec.network.flannelBackend === 'vxlan' ? [{ port: 8472, protocol: 'udp' }] : []),
};
