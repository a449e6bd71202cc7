import type { Phase } from '../../model/phase.js';
import { binary, directory } from '../../resources/index.js';

export const binaries: Phase = {
  id: 'binaries',
  title: 'Kubernetes, runtime and CNI programs',
  appliesTo: () => true,
  resources: ({ artifacts }) => [
    directory({ path: '/opt/cni', mode: 0o755 }),
    directory({ path: '/opt/cni/bin', mode: 0o755 }),
    ...artifacts.binaries.map((artifact) => binary({ artifact })),
  ],
};
