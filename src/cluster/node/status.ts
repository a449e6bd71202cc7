import type { ClusterApi, KubeObject } from '../../model/api.js';
import { condition, isReady } from '../why/pods.js';
import { field, list, text } from '../api/json.js';

export interface NodeStatus {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly message?: string;
  /** For example 'control-plane', 'worker'. */
  readonly roles: readonly string[];
  /** kubelet's version without the v. */
  readonly version: string;
  readonly internalAddress: string;
  readonly schedulable: boolean;
  readonly os: string;
  readonly kernel: string;
  /** For example containerd://2.4.2. */
  readonly runtime: string;
  readonly podCIDR: string;
  /** RFC 3339. */
  readonly created: string;
}

/** Every node of the cluster, by name. */
export async function listNodes(api: ClusterApi): Promise<NodeStatus[]> {
  const nodes = await api.list('v1', 'Node');
  return nodes.map(nodeStatus).sort((a, b) => a.name.localeCompare(b.name));
}

const ROLE_LABEL = 'node-role.kubernetes.io/';

function nodeStatus(node: KubeObject): NodeStatus {
  const info = (key: string): string => text(node, 'status', 'nodeInfo', key) ?? '';
  const ready = condition(node, 'Ready');
  const address = list(node, 'status', 'addresses').find((each) => text(each, 'type') === 'InternalIP');
  return {
    name: node.metadata.name,
    ready: isReady(node),
    ...(isReady(node)
      ? {}
      : { message: ready === undefined ? 'its kubelet has not reported yet' : `${ready.reason}: ${ready.message}` }),
    roles: Object.keys(node.metadata.labels ?? {})
      .flatMap((key) => (key.startsWith(ROLE_LABEL) ? [key.slice(ROLE_LABEL.length)] : []))
      .sort(),
    version: info('kubeletVersion').replace(/^v/, ''),
    internalAddress: text(address, 'address') ?? '',
    schedulable: field(node, 'spec', 'unschedulable') !== true,
    os: info('osImage'),
    kernel: info('kernelVersion'),
    runtime: info('containerRuntimeVersion'),
    podCIDR: text(node, 'spec', 'podCIDR') ?? '',
    created: text(node, 'metadata', 'creationTimestamp') ?? '',
  };
}
