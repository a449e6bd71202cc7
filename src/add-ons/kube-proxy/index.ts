import type { AddOn } from '../add-on.js';
import { proxyModeDecider } from './modes.js';
import { NAME, NAMESPACE, proxyObjects } from './objects.js';

export { NFTABLES_KERNEL, proxyKernel, proxyModules } from './modes.js';

/** Makes Services work on every node. Its image is one of Kubernetes' own. */
export const kubeProxy: AddOn = {
  id: 'proxy',
  // A component of Kubernetes: users and checks speak of it everywhere.
  words: [],
  title: 'kube-proxy',
  needs: 'api',
  decides: proxyModeDecider,
  objects: proxyObjects,
  ready: [{ kind: 'DaemonSet', namespace: NAMESPACE, name: NAME }],
  // In whichever of its modes it ran.
  traces: { links: ['kube-ipvs0'], paths: [], tables: ['ip kube-proxy', 'ip6 kube-proxy'], chains: ['KUBE'] },
};
