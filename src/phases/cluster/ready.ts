import { checkCluster } from '../../cluster/smoke/smoke.js';
import type { Phase } from '../../model/phase.js';

/** The end of every run: nodes Ready, DNS and Services answer across nodes. */
export const ready: Phase = {
  id: 'ready',
  title: 'Cluster really works',
  appliesTo: ({ node, leader }) => node === leader,
  after: ['node', 'network', 'dns', 'proxy'],
  alsoOnOthers: true,
  resources: () => [],
  ready: checkCluster,
};
