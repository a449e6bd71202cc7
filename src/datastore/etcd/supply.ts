import { byMinor, type Supply } from '../../artifacts/supply.js';
import { fromKube } from '../../artifacts/supplies/kubernetes.js';

const TAGS = { '1.34': '3.6.5-0', '1.35': '3.6.6-0', '1.36': '3.6.8-0' };

export const etcdSupply: Supply = {
  images: [
    {
      name: 'etcd',
      on: 'control-plane',
      ref: (version, registries) => registries.kubernetes(`etcd:${byMinor(version, TAGS)}`),
      build: fromKube('etcd'),
    },
  ],
};
