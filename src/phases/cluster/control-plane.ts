import { waitUntilServed, type Served } from '../../cluster/waits/served.js';
import { certificateWishes, controlPlaneOf } from '../../control-plane/index.js';
import { hasSeveral, joinsOthers } from '../../datastore/index.js';
import { isMember } from '../../model/facts.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { kubeletWaits } from './kubelet-waits.js';
import { kubeletInTurn, kubeletProof, waitForOwnKubelet } from './kubelet/index.js';

/** Where the cluster's state is kept. On a host that is being set up it starts with the kubelet, in the next phase. */
export const datastore: Phase = {
  id: 'datastore',
  title: 'Datastore',
  appliesTo: ({ node }) => node.isControlPlane,
  // One after the other, each with its API server: the datastore takes one new member at a time, and does without one, not without two.
  order: { hosts: 'one-by-one', until: ['control-plane'] },
  takesSettings: true,
  resources: (context) => [
    ...controlPlaneOf(context.spec).datastore(context),
    // One that joins others must have caught up with them before an API server asks it.
    ...(joinsOthers(context) && !kubeletWaits(context) ? kubeletInTurn(context) : []),
  ],
  ready: (context, tools, changes, proofs) =>
    controlPlaneOf(context.spec).datastoreReady(context, tools, changes, proofs),
};

/**
 * The API server, and the kubelet, which starts them where they are pods. What they are made of, and what ready
 * means, is said by the form that the inventory chose (src/control-plane/control-plane.ts). Nothing before this may ask the API.
 */
export const controlPlane: Phase = {
  id: 'control-plane',
  title: 'API server',
  appliesTo: ({ node }) => node.isControlPlane,
  // Also where the datastore is left out of a run: never all API servers at once.
  order: { hosts: 'one-by-one' },
  takesSettings: true,
  opensApi: true,
  resources: (context) => [
    ...controlPlaneOf(context.spec).apiServer(context),
    ...(kubeletWaits(context) ? [] : kubeletInTurn(context)),
    kubeletProof,
  ],
  ready: async (context, tools, changes, proofs) => {
    await controlPlaneOf(context.spec).ready(context, tools, proofs);
    await waitUntilServed(renewedPorts(context), tools.host, tools);
    if (!kubeletFollows(context)) await waitForOwnKubelet(context, tools, { changes, proofs });
  },
};

/**
 * A host that is being set up, whose API server needs no kubelet: that is started behind it, and watched by the phase of its node, so that the cluster's
 * first objects and the joins do not wait for it.
 */
export function kubeletFollows({ spec, node }: PhaseContext): boolean {
  return controlPlaneOf(spec).unit !== undefined && !isMember(node.facts);
}

/** Ports of this host whose certificate was there before, and is another one since this run. */
export function renewedPorts({ spec, node, endpoint, material }: PhaseContext): Served[] {
  const mine = material[node.spec.name] ?? {};
  return certificateWishes({ spec, node, endpoint }).leaves.flatMap(({ crt, port }) => {
    const before = node.facts.kubernetes.pki[crt];
    const pem = mine[crt]?.content;
    if (port === undefined || before === undefined || pem === undefined || pem === before) return [];
    return [{ path: crt, address: node.address, port, pem }];
  });
}

/**
 * Started once the API answers: much earlier they only ask in vain for their leases, and ask again every 2 to 4.4 s
 * (leader election's retry period and jitter), while they take processor time from the API server.
 */
export const controllers: Phase = {
  id: 'controllers',
  title: 'Controller manager and scheduler',
  appliesTo: ({ node }) => node.isControlPlane,
  // A change of them never takes away all that could take over.
  order: { hosts: 'one-by-one' },
  takesSettings: true,
  resources: (context) => controlPlaneOf(context.spec).controllers(context),
  ready: (context, tools, _changes, proofs) => controlPlaneOf(context.spec).controllersReady(context, tools, proofs),
};

/** The control plane that a cluster begins with is well: behind its first objects, which are written while it comes up. Nobody joins before. */
export const controlPlaneSettled: Phase = {
  id: 'control-plane-settled',
  title: 'Control plane is well',
  appliesTo: ({ spec, node, leader }) => node === leader && controlPlaneOf(spec).settled !== undefined,
  resources: () => [],
  ready: async (context, tools) => controlPlaneOf(context.spec).settled?.(context, tools),
};

/**
 * The member of the datastore that began the cluster would begin another, empty one where its data are lost: once the others are there, it no longer
 * does. That starts it anew where it is a pod, and the others go on meanwhile.
 */
export const datastoreKept: Phase = {
  id: 'datastore-kept',
  title: 'Datastore without its data begins no other',
  appliesTo: ({ spec, node }) => node.isControlPlane && hasSeveral(spec),
  after: ['control-plane'],
  order: { hosts: 'one-by-one' },
  // One that joins makes it due on the host that was the only one.
  alsoOnOthers: true,
  resources: (context) => controlPlaneOf(context.spec).datastoreKept(context),
  ready: async (context, tools, changes) => {
    if (changes > 0) await controlPlaneOf(context.spec).datastoreKeptReady?.(context, tools);
  },
};
