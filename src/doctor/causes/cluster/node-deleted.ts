import type { Cause } from '../../cause.js';
import { hasLostNode } from '../../read/cluster.js';

export const nodeDeleted: Cause = {
  name: 'node-deleted',
  until: 'node',
  title: 'A node was deleted, and its kubelet still runs',
  symptom:
    'kubectl get nodes does not list it; kubelet: Error updating node status, will retry: nodes "node3" not found; pods there get no answer from other nodes',
  sign: 'A host has joined and its kubelet runs, and the cluster has no node of its name: a kubelet registers its node only when it starts. Other nodes have no way to its pods then, as behind a firewall.',
  remedy:
    '`kinit init`: the kubelet registers the node again, and what the pod network has on the host for its former share is made anew. By hand: `systemctl restart kubelet`, and where new pods stay without a network then, what stale-cni says. Labels, taints and annotations that somebody had set are set again. To take the host out for good: `kinit reset NAME` (`kubeadm reset` on the host, on a cluster that kinit did not make).',
  rank: 39,
  find: (evidence) =>
    evidence.hosts
      .filter((host) => hasLostNode(host, evidence))
      .map(({ host }) => ({
        host,
        found: `the cluster has no node ${host}, and the kubelet runs on ${host}: somebody deleted the node`,
        next: `on ${host}: systemctl restart kubelet (it registers the node again); or take the host out`,
        kinit: ` (kinit reset ${host}); kinit init registers it again with its pod network`,
      })),
};
