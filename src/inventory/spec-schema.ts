import { makeSpecSchema } from '../model/spec.js';
import { networkChoice } from '../network/index.js';
import { runtimeChoice } from '../runtime/index.js';

/** The inventory's schema, with every kind that the registries of the seams know. */
export const specSchema = makeSpecSchema({
  controlPlane: {
    ids: ['static-pods'],
    default: 'static-pods',
    describe: 'How the control plane runs: static pods, in the layout of kubeadm.',
  },
  network: networkChoice,
  runtime: runtimeChoice,
});
