import { field, list, text } from '../../cluster/api/json.js';
import { nameOf } from '../../cluster/node/evict.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';

/** Pods whose data is on their node, as 'namespace/name'. */
export interface LocalVolumes {
  /** In folders that end with the pod. */
  readonly scratch: readonly string[];
  /** In a PersistentVolume that other nodes do not have: the pod can run nowhere else. */
  readonly bound: readonly string[];
  /** In folders of the node that any pod may name, also by a PersistentVolume. */
  readonly hostPath: readonly string[];
}

export async function localVolumes(api: ClusterApi, pods: readonly KubeObject[]): Promise<LocalVolumes> {
  const has = (pod: KubeObject, source: string): boolean =>
    volumesOf(pod).some((volume) => field(volume, source) !== undefined);
  const claiming = pods.filter((pod) => claimsOf(pod).length > 0);
  const [claims, volumes] = await (claiming.length === 0
    ? [[], []]
    : Promise.all([api.list('v1', 'PersistentVolumeClaim'), api.list('v1', 'PersistentVolume')]));
  const byName = new Map(volumes.map((volume) => [volume.metadata.name, volume]));
  const volumeOf = new Map(claims.map((claim) => [nameOf(claim), byName.get(text(claim, 'spec', 'volumeName') ?? '')]));
  const claimed = (pod: KubeObject): readonly KubeObject[] =>
    claimsOf(pod).flatMap((claim) => volumeOf.get(`${pod.metadata.namespace ?? ''}/${claim}`) ?? []);
  const isBound = (pod: KubeObject): boolean => claimed(pod).some(isOnOneNode);
  return {
    scratch: pods.filter((pod) => has(pod, 'emptyDir')).map(nameOf),
    bound: pods.filter(isBound).map(nameOf),
    hostPath: pods
      .filter((pod) => !isBound(pod))
      .filter((pod) => has(pod, 'hostPath') || claimed(pod).some((volume) => field(volume, 'spec', 'hostPath')))
      .map(nameOf),
  };
}

const volumesOf = (pod: KubeObject): readonly unknown[] => list(pod, 'spec', 'volumes');

/** By name, in the pod's namespace; a generic ephemeral volume's claim is named after pod and volume. */
function claimsOf(pod: KubeObject): readonly string[] {
  return volumesOf(pod).flatMap((volume) => {
    const name = text(volume, 'persistentVolumeClaim', 'claimName');
    if (name !== undefined) return [name];
    return field(volume, 'ephemeral') === undefined ? [] : [`${pod.metadata.name}-${text(volume, 'name') ?? ''}`];
  });
}

/** `local`, or of a driver that keeps it on one host, and says so by the label of host names. */
function isOnOneNode(volume: KubeObject): boolean {
  if (field(volume, 'spec', 'local') !== undefined) return true;
  const terms = list(volume, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms');
  return (
    terms.length > 0 &&
    terms.every((term) => list(term, 'matchExpressions').some((each) => text(each, 'key') === 'kubernetes.io/hostname'))
  );
}
