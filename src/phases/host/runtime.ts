import type { Phase } from '../../model/phase.js';
import { containerdResources } from '../../runtime/containerd.js';

export const runtime: Phase = {
  id: 'runtime',
  title: 'Container runtime (containerd)',
  appliesTo: () => true,
  resources: containerdResources,
};
