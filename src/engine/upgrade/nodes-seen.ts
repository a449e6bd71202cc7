import { text } from '../../cluster/api/json.js';
import { isCordonedByUs } from '../../cluster/node/cordon.js';
import { nodeTrouble } from '../../cluster/waits/api.js';
import type { ClusterApi } from '../../model/api.js';

/** A node as the API shows it. */
export interface SeenNode {
  readonly name: string;
  /** Version of its kubelet: 1.36.3; '' where it has not told. */
  readonly kubelet: string;
  /** What keeps it from taking pods; none where nothing does. */
  readonly trouble: readonly string[];
  /** A run of kinit keeps pods off it. */
  readonly ours: boolean;
}

/** All nodes of the cluster, also those of hosts that the inventory does not name. */
export async function nodesSeen(api: ClusterApi): Promise<readonly SeenNode[]> {
  return (await api.list('v1', 'Node')).map((node) => ({
    name: node.metadata.name,
    kubelet: (text(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '').replace(/^v/, ''),
    trouble: nodeTrouble(node.metadata.name, node),
    ours: isCordonedByUs(node),
  }));
}
