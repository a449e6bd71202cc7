import { waitForKubelet } from '../../cluster/waits/kubelet.js';
import { controlPlaneOf, FORMS } from '../../control-plane/index.js';
import { DATASTORES } from '../../datastore/index.js';
import type { Phase } from '../../model/phase.js';
import { kubeletService } from './kubelet/index.js';

const store = oneOf(DATASTORES);
const form = oneOf(FORMS);

/**
 * The API server and its datastore, and the kubelet, which starts them where they are pods. What they are made of, and what ready
 * means, is said by the form that the inventory chose (src/control-plane/control-plane.ts). Nothing before this may ask the API.
 */
export const controlPlane: Phase = {
  id: 'control-plane',
  title: `${store} and API server (${form})`,
  appliesTo: ({ node }) => node.isControlPlane,
  opensApi: true,
  resources: (context) => [...controlPlaneOf(context.spec).apiServer(context), kubeletService(context)],
  ready: async (context, tools, changes) => {
    await controlPlaneOf(context.spec).ready(context, tools);
    // A kubelet that was restarted just now may end again: it is watched for a while.
    if (changes > 0) await waitForKubelet(context.node.facts, tools);
  },
};

/**
 * Started once the API answers: earlier they only ask in vain for their leases, and ask again every 2 to 4.4 s
 * (leader election's retry period and jitter), while they take processor time from the API server.
 */
export const controllers: Phase = {
  id: 'controllers',
  title: `Controller manager and scheduler (${form})`,
  appliesTo: ({ node }) => node.isControlPlane,
  resources: (context) => controlPlaneOf(context.spec).controllers(context),
};

function oneOf(kinds: readonly { readonly title: string }[]): string {
  return kinds.map(({ title }) => title).join(' or ');
}
