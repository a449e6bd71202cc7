import { balancerMembers, balancerOf } from '../../control-plane/index.js';
import { isMember } from '../../model/facts.js';
import { ROLL_OUT, type Phase, type PhaseContext } from '../../model/phase.js';
import type { Resource, Tools } from '../../model/resource.js';
import { nodeEndpoint } from '../../model/seams/node-endpoint.js';
import { hostCertificates, KUBELET_CLIENT_CURRENT, KUBELET_CONF } from '../../pki/index.js';
import { kubeletServer, object } from '../../resources/index.js';
import { kubeletWaits } from './kubelet-waits.js';
import { kubeletInTurn, waitForOwnKubelet } from './kubelet/index.js';
import { CLUSTER_CA } from './pki.js';

/** What runs the load balancer on a node, as a part of its join; nothing where it comes before, or the cluster has none. */
export function balancerOfJoin(context: PhaseContext): readonly Resource[] {
  return comesWithJoin(context) ? resourcesOf(context) : [];
}

function resourcesOf(context: PhaseContext): readonly Resource[] {
  return balancerOf(context.spec)?.resources(context) ?? [];
}

/** The load balancer to the API servers, up before anything on the node asks for it. */
export const balancer: Phase = {
  id: 'balancer',
  title: 'Load balancer to the API servers',
  appliesTo: (context) => balancerOf(context.spec) !== undefined && !comesWithJoin(context),
  // Every node has the list of all API servers.
  alsoOnOthers: true,
  order: ROLL_OUT,
  takesSettings: restartsKubelet,
  resources: (context) => [...resourcesOf(context), ...(restartsKubelet(context) ? kubeletInTurn(context) : [])],
  ready: async (context, tools, changes, proofs) => {
    if (joinsAgain(context)) return;
    if (!comesLater(context)) await balancerOf(context.spec)?.ready(context, tools, proofs);
    if (changes > 0 && restartsKubelet(context) && (await isServed(tools)))
      await waitForOwnKubelet(context, tools, { changes, proofs });
  },
};

/**
 * Kubelets of nodes that were there before their cluster had a balancer: led to it once it answers and all API servers have a certificate
 * for its address. What runs in pods and asks there comes behind this phase.
 */
export const throughBalancer: Phase = {
  id: 'through-balancer',
  title: 'Kubelets reach the API through the load balancer',
  appliesTo: (context) =>
    isMember(context.node.facts) && !comesLater(context) && ledThroughBalancer(context).length > 0,
  after: ['balancer', 'control-plane'],
  alsoOnOthers: true,
  resources: ledThroughBalancer,
};

/** The kubelet of a node, led through the balancer; nothing where there is none. */
export function ledThroughBalancer(context: PhaseContext): Resource[] {
  if (balancerOf(context.spec) === undefined) return [];
  return [
    kubeletServer({
      path: KUBELET_CONF,
      url: `https://${nodeEndpoint(context)}`,
      caFile: CLUSTER_CA,
      members: balancerMembers(context).map(({ address }) => `https://${address}`),
    }),
  ];
}

/** One that is in the kubelet's process is there when that has been started with it. */
function restartsKubelet(context: PhaseContext): boolean {
  return balancerOf(context.spec)?.inKubelet === true && isMember(context.node.facts) && !kubeletWaits(context);
}

/** Where no API server runs, a process with kube-proxy in it ends again and again: a phase to come starts that server. */
const isServed = ({ api }: Tools): Promise<boolean> =>
  api().then(
    () => true,
    () => false,
  );

/** Its kubelet, which runs its balancer, does not stay up before it has joined again: its certificate ended while the host was off. */
function joinsAgain({ node: { isControlPlane, facts } }: PhaseContext): boolean {
  const now = new Date(Date.now() + facts.clockOffsetMs);
  const pem = facts.kubernetes.pki[KUBELET_CLIENT_CURRENT] ?? '';
  return !isControlPlane && hostCertificates({ pem }, now).some(({ notAfter }) => notAfter <= now);
}

/**
 * A worker that is no node yet gets it with the join: its kubelet joins through it, and a host that is only prepared for the stock
 * `kubeadm join` must have no static pods.
 */
function comesWithJoin({ spec, node }: PhaseContext): boolean {
  return !node.isControlPlane && !isMember(node.facts) && balancerOf(spec)?.inKubelet !== true;
}

/** Such a one comes with the kubelet's new version, where that waits for the control plane's. */
function comesLater(context: PhaseContext): boolean {
  return balancerOf(context.spec)?.inKubelet === true && kubeletWaits(context);
}

/** For nodes that somebody else joins. */
export const balancerElsewhere: Phase = {
  id: 'balancer-elsewhere',
  title: 'Load balancer on nodes that kinit did not prepare',
  appliesTo: ({ spec, node, leader }) => balancerOf(spec) !== undefined && node === leader,
  after: ['control-plane', 'through-balancer'],
  resources: (context) =>
    (balancerOf(context.spec)?.objects(context) ?? []).map((wanted) => object({ object: wanted })),
};
