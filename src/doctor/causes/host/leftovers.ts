import { LEFTOVERS } from '../../../leftovers/index.js';
import type { Cause } from '../../cause.js';

/** Reads what preflight reads: src/leftovers/table.ts. */
export const leftovers: Cause = {
  name: 'leftovers',
  title: 'Another cluster or tool left something that is in the way',
  symptom:
    'pods have addresses of another network; a node joins and never registers; after a reboot nothing is forwarded; what was deleted is there again',
  sign: `One of these was on the host before the cluster, or wins over what kinit writes: ${LEFTOVERS.map(({ title }) => `"${title}"`).join(', ')}.`,
  remedy:
    'What is named, with its owner and age, is removed by hand, or before the cluster is made by kinit: `leftovers: set-aside` in the inventory moves it away until `kinit reset`. Pods that were started with it are deleted, and come back without it.',
  rank: 51,
  find: ({ hosts }) =>
    hosts.flatMap(({ host, leftovers: found = [] }) =>
      found.map(({ what, of, severity, harm, advice }) => ({
        host,
        severity,
        found: `${what}${of === '' ? '' : ` (${of})`}: ${harm}`,
        next: advice,
      })),
    ),
};
