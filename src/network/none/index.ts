import type { PodNetwork } from '../pod-network.js';

/** People bring their own. What is known here is what the networks they bring most often are called and leave behind. */
export const none: PodNetwork = {
  id: 'none',
  words: [],
  unproved: 'network.plugin is none, nodes become Ready once you install a pod network',
  objects: () => [],
  namespaces: ['calico-system'],
  workload: 'calico',
  ports: () => [],
  kernel: () => [],
  direct: () => false,
  traces: { links: ['kube-bridge'], paths: [], tables: [], chains: [] },
};
