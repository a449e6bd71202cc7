import { flannelObjects } from '../../templates/index.js';
import type { PodNetwork } from '../pod-network.js';
import { flannelOptions } from './options.js';

export const flannel: PodNetwork = {
  title: 'flannel',
  objects: (context) => flannelObjects(context, flannelOptions(context.spec).flannelBackend),
  // The kernel's own VXLAN port, which flannel keeps (flannel: Documentation/backends.md).
  ports: (spec) => (flannelOptions(spec).flannelBackend === 'vxlan' ? [{ port: 8472, protocol: 'udp' }] : []),
};
