import { keeperOf } from '../../control-plane/index.js';
import type { Phase } from '../../model/phase.js';

/** An address that one of the control planes always has. Behind the API server: a host whose own does not answer does not take it. */
export const virtualAddress: Phase = {
  id: 'virtual-address',
  title: 'Virtual address of the API',
  appliesTo: ({ spec, node }) => keeperOf(spec) !== undefined && node.isControlPlane,
  // Each of them speaks to all others.
  alsoOnOthers: true,
  resources: (context) => keeperOf(context.spec)?.resources(context) ?? [],
  ready: async (context, tools, changes, proofs) => {
    await keeperOf(context.spec)?.ready(context, tools, changes, proofs);
  },
};
