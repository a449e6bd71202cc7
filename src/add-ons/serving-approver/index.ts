import type { PhaseContext } from '../../model/phase.js';
import { KUBELET_SERVING } from '../../model/signers.js';
import { clusterSigns } from '../../pki/index.js';
import type { AddOn } from '../add-on.js';
import { NAMESPACE, servingApproverObjects } from './objects.js';
import { NAME, servingApproverSupply } from './supply.js';

/** Approves what kubelets ask for to serve with; the controller manager signs it. */
export const servingApprover: AddOn = {
  id: NAME,
  words: [NAME, 'servingApprover'],
  title: "Approver of kubelets' serving certificates",
  needs: 'api',
  supply: servingApproverSupply,
  objects: (context) => (servesByRequest(context) ? servingApproverObjects(context) : []),
  approves: KUBELET_SERVING,
  ready: [{ kind: 'Deployment', namespace: NAMESPACE, name: NAME }],
};

/**
 * Whether kubelets get their serving certificates by asking the cluster, and so renew them by themselves: somebody has to
 * approve (hosts that pull official images have no such image) and the controller manager has to have the key to sign with.
 */
export function servesByRequest(context: PhaseContext): boolean {
  return clusterSigns(context) && context.artifacts.images.some(({ name }) => name === NAME);
}
