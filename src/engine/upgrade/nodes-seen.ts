import { field, list, text } from '../../cluster/api/json.js';
import { isCordonedByUs } from '../../cluster/node/cordon.js';
import { nodeTrouble } from '../../cluster/waits/api.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';

/** A node as the API shows it. */
export interface SeenNode {
  readonly name: string;
  /** Version of its kubelet: 1.36.3; '' where it has not told. */
  readonly kubelet: string;
  /** What keeps it from taking pods; none where nothing does. */
  readonly trouble: readonly string[];
  /** A run of kinit keeps pods off it. */
  readonly ours: boolean;
  /** Pods of people may be put on it: no person has cordoned it, and no taint keeps them off. */
  readonly takesPods: boolean;
}

/** All nodes of the cluster, also those of hosts that the inventory does not name. */
export async function nodesSeen(api: ClusterApi): Promise<readonly SeenNode[]> {
  return (await api.list('v1', 'Node')).map((node) => ({
    name: node.metadata.name,
    kubelet: (text(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '').replace(/^v/, ''),
    trouble: nodeTrouble(node.metadata.name, node),
    ours: isCordonedByUs(node),
    takesPods: takesPods(node),
  }));
}

/** Said of a node whose pods have nowhere to go. */
export const NOT_DRAINED = 'not drained: no other node takes its pods. They run on while its kubelet is exchanged';

/** Whether pods that leave a node have another to go to: one that they may be put on. */
export function haveElsewhere(node: string, seen: readonly SeenNode[]): boolean {
  return seen.some((other) => other.name !== node && other.takesPods);
}

function takesPods(node: KubeObject): boolean {
  const keptOff = list(node, 'spec', 'taints').some(
    (taint) =>
      ['NoSchedule', 'NoExecute'].includes(text(taint, 'effect') ?? '') && !isOfCordon(text(taint, 'key') ?? ''),
  );
  return !keptOff && (field(node, 'spec', 'unschedulable') !== true || isCordonedByUs(node));
}

/** What the cluster itself puts on a node that is cordoned, or away for a moment. */
const isOfCordon = (key: string): boolean => key.startsWith('node.kubernetes.io/');
