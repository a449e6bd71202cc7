import { list, record, text } from '../../cluster/api/json.js';
import type { KubeObject } from '../../model/api.js';
import { defined } from '../../model/defined.js';

/** A host as it stands in an inventory. */
export interface DescribedHost {
  readonly name: string;
  readonly address: string;
  readonly internalAddress?: string;
  readonly roles: readonly ('control-plane' | 'worker')[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/**
 * A node in words of the inventory: with the labels and taints that a person gave it.
 * @param reached where SSH has reached it, if that is not its own address
 */
export function describeNode(node: KubeObject, reached?: string): DescribedHost {
  const labels = Object.entries(record(node, 'metadata', 'labels')).filter(([key]) => !isOfCluster(key));
  const taints = list(node, 'spec', 'taints').flatMap((taint) => {
    const [key = '', value, effect = ''] = [text(taint, 'key'), text(taint, 'value'), text(taint, 'effect')];
    return isOfCluster(key) ? [] : [{ key, effect, ...defined({ value: value === '' ? undefined : value }) }];
  });
  const address = addressOf(node);
  return {
    name: node.metadata.name,
    address: reached ?? address,
    ...(reached === undefined || reached === address ? {} : { internalAddress: address }),
    roles: rolesOf(node),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) as Record<string, string> }),
    ...(taints.length === 0 ? {} : { taints }),
  };
}

/** Its first internal IP address; '' where it has reported none. */
export function addressOf(node: KubeObject): string {
  const internal = list(node, 'status', 'addresses').find((entry) => text(entry, 'type') === 'InternalIP');
  return text(internal, 'address') ?? '';
}

export function isControlPlaneNode(node: KubeObject): boolean {
  return CONTROL_PLANE in record(node, 'metadata', 'labels');
}

function rolesOf(node: KubeObject): DescribedHost['roles'] {
  if (!isControlPlaneNode(node)) return ['worker'];
  const closed = list(node, 'spec', 'taints').some((taint) => text(taint, 'key') === CONTROL_PLANE);
  return closed ? ['control-plane'] : ['control-plane', 'worker'];
}

/** Set by the cluster's own parts (kubernetes.io/docs/reference/labels-annotations-taints), roles included. */
function isOfCluster(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  return /(^|\.)(kubernetes|k8s)\.io$/.test(domain);
}
