import { BALANCER_LABEL, balancerOf } from '../../control-plane/index.js';
import type { PhaseContext } from '../../model/phase.js';
import { hostShareOf } from '../../network/index.js';

export interface NodeWishes {
  readonly name: string;
  /** What the pod network makes on a host for the node's share of it. */
  readonly podNetwork?: { readonly bridge: string; readonly files: readonly string[] } | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value?: string | undefined;
    readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  }[];
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Labels and taints of a node: from the inventory, and for control-plane hosts those kubeadm gives (phases/markcontrolplane). */
export function nodeWishes(context: PhaseContext): NodeWishes {
  const { spec, isControlPlane } = context.node;
  const worker = spec.roles.includes('worker');
  return {
    name: spec.name,
    ...podNetwork(context),
    labels: {
      ...(isControlPlane ? { [CONTROL_PLANE]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}),
      ...(worker ? { 'node-role.kubernetes.io/worker': '' } : {}),
      ...balancerLabel(context),
      ...spec.labels,
    },
    taints: [
      ...(isControlPlane && !worker ? [{ key: CONTROL_PLANE, effect: 'NoSchedule' as const }] : []),
      ...spec.taints,
    ],
  };
}

function podNetwork({ spec }: PhaseContext): Pick<NodeWishes, 'podNetwork'> {
  const share = hostShareOf(spec);
  if (share === undefined) return {};
  return { podNetwork: { bridge: share.bridge, files: [share.subnetFile, ...share.configuration] } };
}

/** By which a balancer for nodes that kinit did not prepare keeps away from those that have theirs. */
export function balancerLabel({ spec }: Pick<PhaseContext, 'spec'>): Readonly<Record<string, string>> {
  return balancerOf(spec) === undefined ? {} : { [BALANCER_LABEL]: 'local' };
}
