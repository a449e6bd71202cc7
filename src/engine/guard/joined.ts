import { isOutage, isRefusal } from '../../cluster/api/errors.js';
import { list, text } from '../../cluster/api/json.js';
import type { Spec } from '../../model/spec.js';
import type { ClusterAccess } from '../api/access.js';
import type { KnownCluster } from './cluster.js';

/** A warning is read on a screen. */
const MOST = 8;
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/**
 * Nodes of the cluster that neither the inventory nor the record has, for a person: somebody else has joined them (the stock `kubeadm join`).
 * undefined: none, or no API server says so. Only those are asked for, so that the answer is short however many nodes there are.
 */
export async function joinedByOthers(
  { hosts }: Pick<Spec, 'hosts'>,
  { nodes, open }: Pick<KnownCluster, 'nodes' | 'open'>,
  access: Pick<ClusterAccess, 'api'> | undefined,
): Promise<string | undefined> {
  if (!open || access === undefined) return undefined;
  const known = [...new Set([...hosts.map(({ name }) => name), ...Object.keys(nodes)])].sort();
  const others = known.map((name) => `metadata.name!=${name}`).join(',');
  try {
    const api = await access.api();
    const { status, body } = await api.request('GET', `/api/v1/nodes?fieldSelector=${encodeURIComponent(others)}`);
    return status === 200 ? told(list(body, 'items')) : undefined;
  } catch (thrown) {
    // What it cannot be asked now is asked, and told, where it is needed.
    if (isOutage(thrown) || isRefusal(thrown)) return undefined;
    throw thrown;
  }
}

function told(nodes: readonly unknown[]): string | undefined {
  if (nodes.length === 0) return undefined;
  const names = nodes
    .map((node) => {
      const leads = text(node, 'metadata', 'labels', CONTROL_PLANE) !== undefined;
      return `${text(node, 'metadata', 'name') ?? ''}${leads ? ' (control plane)' : ''}`;
    })
    .sort();
  const more = names.length - MOST;
  const shown = `${names.slice(0, MOST).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
  return `nodes of the cluster that are not in the inventory: ${shown}. Somebody else has joined them (kubeadm join), and kinit does nothing for them. Put them into the inventory, and kinit init makes them nodes like the others; or take them out: kubectl delete node NAME`;
}
