import type { ClusterApi } from '../../model/api.js';
import { text } from '../api/json.js';

/** When a node's kubelet last gave a sign of life, by its own clock; a live one does every 10 s. Clocks need not agree: see whether it moves. */
export async function leaseRenewed(api: ClusterApi, node: string): Promise<string | undefined> {
  return text(
    await api.get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease', name: node }),
    'spec',
    'renewTime',
  );
}
