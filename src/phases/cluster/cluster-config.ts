import { kubeadmConfigMaps, kubeadmRbac } from '../../control-plane/index.js';
import { clusterNode, object } from '../../resources/index.js';
import type { Phase } from '../../model/phase.js';
import { sharedKubeletConfiguration } from './kubelet/index.js';
import { nodeWishes } from './node-wishes.js';

/** What `kubeadm init` leaves in the cluster besides the pods: the stock kubeadm joins and upgrades by it. */
export const clusterConfig: Phase = {
  id: 'cluster-config',
  title: 'Roles, bootstrap rules and configuration in the cluster',
  appliesTo: ({ node, leader }) => node === leader,
  after: ['control-plane'],
  resources: (context) => [
    ...[...kubeadmRbac(), ...kubeadmConfigMaps(context, sharedKubeletConfiguration(context))].map((wanted) =>
      object({ object: wanted }),
    ),
    clusterNode(nodeWishes(context)),
  ],
};
