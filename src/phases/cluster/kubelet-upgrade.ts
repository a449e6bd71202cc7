import { waitForKubelet } from '../../cluster/waits/kubelet.js';
import type { Phase } from '../../model/phase.js';
import { delivered } from '../host/binaries.js';
import { ledThroughBalancer } from './balancer.js';
import { kubelet, kubeletService } from './kubelet/index.js';
import { comesWithKubelet, kubeletWaits } from './kubelet-waits.js';

/** Only in runs that bring a later version of Kubernetes: elsewhere the kubelet is ready before the control plane is. */
export const kubeletUpgrade: Phase = {
  id: 'kubelet-upgrade',
  title: 'Kubelet of a later version, behind the control plane',
  appliesTo: kubeletWaits,
  after: ['controllers'],
  resources: (context) => [
    ...context.artifacts.binaries
      .filter((artifact) => comesWithKubelet(context, artifact))
      .map((artifact) => delivered(context.spec, artifact)),
    ...kubelet.resources(context),
    kubeletService(context),
    ...ledThroughBalancer(context),
  ],
  ready: async ({ node }, tools, changes) => {
    if (changes > 0) await waitForKubelet(node.facts, tools);
  },
};
