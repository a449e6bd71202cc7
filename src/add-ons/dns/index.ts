import type { AddOn } from '../add-on.js';
import { dnsObjects, NAME, NAMESPACE } from './objects.js';
import { dnsSupply } from './supply.js';

/** Names of Services and pods: CoreDNS, as kubeadm installs it. */
export const dns: AddOn = {
  id: 'dns',
  words: ['coredns', 'corefile'],
  title: 'Cluster DNS (CoreDNS)',
  needs: 'pod-network',
  supply: dnsSupply,
  objects: dnsObjects,
  ready: [{ kind: 'Deployment', namespace: NAMESPACE, name: NAME }],
};
