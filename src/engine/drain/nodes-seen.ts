import { field, list, text } from '../../cluster/api/json.js';
import { isCordonedByUs, type CordonReason } from '../../cluster/node/cordon.js';
import { nodeTrouble } from '../../cluster/waits/api.js';
import { isReady } from '../../cluster/why/pods.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';

/** A node as the API shows it. */
export interface SeenNode {
  readonly name: string;
  /** Version of its kubelet: 1.36.3; '' where it has not told. */
  readonly kubelet: string;
  /** It says that a control plane runs there, whoever made it (kubeadm: constants.LabelNodeRoleControlPlane). */
  readonly isControlPlane: boolean;
  /** What keeps it from taking pods; none where nothing does. */
  readonly trouble: readonly string[];
  /** A run of kinit keeps pods off it. */
  readonly ours: boolean;
  /** Its kubelet says so. */
  readonly ready: boolean;
  /** Pods of people may be put on it now: it is Ready, not cordoned, and no taint keeps them off. */
  readonly takesPods: boolean;
}

/** All nodes of the cluster, also those of hosts that the inventory does not name. */
export async function nodesSeen(api: ClusterApi): Promise<readonly SeenNode[]> {
  return (await api.list('v1', 'Node')).map((node) => ({
    name: node.metadata.name,
    kubelet: (text(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '').replace(/^v/, ''),
    isControlPlane: node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
    trouble: nodeTrouble(node.metadata.name, node),
    ours: isCordonedByUs(node),
    ready: isReady(node),
    takesPods: takesPods(node),
  }));
}

/**
 * Why a node is left with its pods; undefined: it is drained. Its pods must have another to go to now: one that is Ready, and that they may be
 * put on. And its kubelet must be there to end them: what is evicted of a node that is gone stays until it is back.
 * @param why what is done to the node; @param busy nodes that leave their pods at the same time
 */
export function notDrained(
  node: string,
  why: CordonReason,
  seen: readonly SeenNode[],
  busy: readonly string[] = [],
): string | undefined {
  if (seen.some(({ name, ready }) => name === node && !ready))
    return `not drained: its kubelet gives no sign of life, so nobody would end its pods. ${THEN[why]}`;
  if (seen.some(({ name, takesPods }) => name !== node && !busy.includes(name) && takesPods)) return undefined;
  return `not drained: no other node takes its pods. ${THEN[why]}`;
}

/** What becomes of pods that stay. */
const THEN: Readonly<Record<CordonReason, string>> = {
  upgrade: 'They run on while its kubelet is exchanged',
  runtime: 'They end with its runtime, and are started again in the new one',
  reboot: 'They end with the reboot, and are started again after it',
};

/** As nodes will be by the time that it is another one's turn: what a cut run keeps pods off is let go in its own turn. */
export function inTheirTurns(seen: readonly SeenNode[]): readonly SeenNode[] {
  return seen.map((node) => (node.ours ? { ...node, takesPods: true } : node));
}

/**
 * No cordon and no taint is passed over, also not those that the cluster puts on a node by itself (not-ready, unreachable, disk-pressure): they go
 * when their cause does, and nobody knows when. A pod that is evicted meanwhile waits for a place, and serves nobody; one that
 * is left where it is runs on while the kubelet is exchanged. So a place that was missed costs nothing, and one that was none costs an outage.
 */
function takesPods(node: KubeObject): boolean {
  const keptOff = list(node, 'spec', 'taints').some((taint) =>
    ['NoSchedule', 'NoExecute'].includes(text(taint, 'effect') ?? ''),
  );
  return isReady(node) && !keptOff && field(node, 'spec', 'unschedulable') !== true;
}
