import { clusterNode, nodeJoin } from '../cluster/index.js';
import type { Phase } from '../model/phase.js';
import { kubeletService } from './kubelet.js';
import { nodeWishes } from './node-wishes.js';

export const join: Phase = {
  id: 'join',
  title: 'Join by TLS bootstrap',
  on: ({ node }) => !node.isControlPlane,
  after: ['cluster-config'],
  resources: ({ node, endpoint, material, spec }) => [
    nodeJoin({
      name: node.spec.name,
      endpoint,
      caPem: material[node.spec.name]?.['/etc/kubernetes/pki/ca.crt']?.content ?? '',
      clusterName: spec.name,
      kubeletConfPath: '/etc/kubernetes/kubelet.conf',
    }),
  ],
};

/** The kubelet of a joined worker as it shall be from then on, and its node's labels and taints. */
export const nodeService: Phase = {
  id: 'node',
  title: 'Kubelet service, node labels and taints',
  on: ({ node }) => !node.isControlPlane,
  after: ['cluster-config'],
  resources: (context) => [kubeletService(context), clusterNode(nodeWishes(context))],
};
