import type { Phase } from '../../model/phase.js';
import { KUBERNETES, kubeletWaits } from '../cluster/kubelet-waits.js';
import { binary, directory } from '../../resources/index.js';

export const binaries: Phase = {
  id: 'binaries',
  title: 'Kubernetes, runtime and CNI programs',
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: '/opt/cni', mode: 0o755 }),
    directory({ path: '/opt/cni/bin', mode: 0o755 }),
    ...context.artifacts.binaries
      .filter(({ group }) => group !== KUBERNETES || !kubeletWaits(context))
      .map((artifact) => binary({ artifact })),
  ],
};
