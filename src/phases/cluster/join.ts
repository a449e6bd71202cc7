import { defined } from '../../model/defined.js';
import { ROLL_OUT, type Phase } from '../../model/phase.js';
import { nodeEndpoint } from '../../model/seams/node-endpoint.js';
import { clusterSigns, isReplaced, KUBELET_CONF, SIGNER } from '../../pki/index.js';
import { clusterNode, file, nodeJoin } from '../../resources/index.js';
import { balancerOfJoin } from './balancer.js';
import { kubeletFollows } from './control-plane.js';
import { kubeletInTurn, kubeletProof, kubeletService, waitForOwnKubelet } from './kubelet/index.js';
import { nodeWishes } from './node-wishes.js';
import { CLUSTER_CA } from './pki.js';

export const join: Phase = {
  id: 'join',
  title: 'Join by TLS bootstrap',
  appliesTo: ({ node }) => !node.isControlPlane,
  // Where nodes have no balancer they reach the API by the virtual address.
  after: ['virtual-address', 'cluster-config', 'control-plane-settled'],
  resources: (context) => {
    const { node, leader, material, spec } = context;
    const caPem = material[node.spec.name]?.[CLUSTER_CA]?.content ?? '';
    const kubelet = kubeletService(context);
    return [
      ...balancerOfJoin(context),
      file({ path: CLUSTER_CA, content: caPem, mode: 0o644 }),
      nodeJoin({
        name: node.spec.name,
        endpoint: nodeEndpoint(context),
        caPem,
        signer: isReplaced(material[leader.spec.name], 'ca')
          ? material[leader.spec.name]?.[SIGNER]?.content
          : undefined,
        clusterName: spec.name,
        kubeletConfPath: KUBELET_CONF,
        ...defined({
          kubeconfig: clusterSigns(context) ? undefined : material[node.spec.name]?.[KUBELET_CONF]?.content,
        }),
        revision: kubelet.revision ?? '',
      }),
    ];
  },
};

/** The kubelet of a joined node as it shall be from then on, and its node's labels and taints; the leader's are set with the cluster. */
export const nodeService: Phase = {
  id: 'node',
  title: 'Kubelet service, node labels and taints',
  appliesTo: (context) => context.node !== context.leader || kubeletFollows(context),
  after: ['cluster-config'],
  order: ROLL_OUT,
  takesSettings: true,
  resources: (context) =>
    context.node === context.leader
      ? [kubeletProof]
      : [...kubeletInTurn(context), kubeletProof, clusterNode(nodeWishes(context))],
  ready: (context, tools, changes, proofs) => waitForOwnKubelet(context, tools, { changes, proofs }),
};
