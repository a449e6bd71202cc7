import { list, text } from '../../cluster/api/json.js';
import { refused } from '../../cluster/api/errors.js';
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
}

/** All nodes of the cluster, also those of hosts that the inventory does not name. */
export async function nodesSeen(api: ClusterApi): Promise<readonly SeenNode[]> {
  const path = '/api/v1/nodes';
  const response = await api.request('GET', path);
  if (response.status !== 200) throw refused('list the nodes', `GET ${path}`, response);
  return (list(response.body, 'items') as KubeObject[]).map((node) => ({
    name: node.metadata.name,
    kubelet: (text(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '').replace(/^v/, ''),
    trouble: nodeTrouble(node.metadata.name, node),
    ours: isCordonedByUs(node),
  }));
}
