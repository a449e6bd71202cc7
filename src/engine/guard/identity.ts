import { KinitError } from '../../model/error.js';
import type { Spec } from '../../model/spec.js';
import type { KnownCluster } from './cluster.js';

/** undefined where the cluster in hand is the one that the inventory may be worked on with. @param host the leader */
export function wrongCluster(spec: Spec, known: KnownCluster, host: string): KinitError | undefined {
  const { clusterId } = spec;
  if (!known.exists) {
    return clusterId === undefined
      ? undefined
      : refused(host, `the inventory is of cluster ${clusterId}, and there is none on ${host}`, {
          found: 'no node and no control plane on the control-plane hosts',
          hint: 'Restore that cluster, or take clusterId out of the inventory to make a new one.',
        });
  }
  if (clusterId !== undefined) return known.clusterId === clusterId ? undefined : other(clusterId, known, host);
  if (known.own) return undefined;
  const { clusterId: id, running } = known;
  return refused(host, `a cluster that kinit did not make runs on ${host}; nothing was changed`, {
    found: `cluster id ${id ?? 'unknown (its API does not answer)'}, Kubernetes ${running ?? 'of an unknown version'}; no record, no undo journal of kinit for it`,
    hint: 'kinit takes over nothing by itself. kinit adopt reads this cluster and writes the inventory that describes it; only an init with that one takes it over. To begin anew instead, give the hosts back with the tool that made the cluster (kubeadm reset).',
  });
}

function other(wanted: string, { clusterId, open, own }: KnownCluster, host: string): KinitError | undefined {
  if (clusterId !== undefined)
    return refused(
      host,
      `the cluster on ${host} is ${clusterId}, and the inventory is of ${wanted}; nothing was changed`,
      {
        found: `clusterId: the cluster has ${clusterId}, the inventory ${wanted}`,
        hint: 'Use the inventory of this cluster, or correct the addresses of the hosts in this one.',
      },
    );
  // The copies of the record do not have it; that one lies there says that kinit has worked on this cluster before.
  if (own) return undefined;
  return refused(host, `whether the cluster on ${host} is ${wanted} cannot be told; nothing was changed`, {
    found: open ? 'the API server did not let kinit in' : 'no API server answers',
    hint: 'Mend its API server first; kinit doctor looks for the cause.',
  });
}

function refused(host: string, message: string, told: { readonly found: string; readonly hint: string }): KinitError {
  return new KinitError(message, { class: 'refused', host, ...told });
}
