import { list, text } from '../../cluster/api/json.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';

/** What every pod with a token gets its CAs from; the controller manager writes it. */
const ROOT_CA = 'kube-root-ca.crt';

/**
 * Pods that were started before the CAs in their namespace were changed last: most programs read them once, at their start. Those without
 * these CAs do not count, nor do those of a namespace whose CAs are as they were made.
 */
export async function podsWithFormerRoots(api: ClusterApi): Promise<readonly string[]> {
  const namespaces = await api.list('v1', 'Namespace');
  const changed = new Map<string, number>();
  for (const { metadata } of namespaces) {
    const { name: namespace } = metadata;
    const map = await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: ROOT_CA });
    if (map !== undefined) changed.set(namespace, lastChange(map));
  }
  const pods = await api.list('v1', 'Pod');
  return pods
    .filter(
      (pod) => isRunning(pod) && mountsRoots(pod) && began(pod) < (changed.get(pod.metadata.namespace ?? '') ?? 0),
    )
    .map(({ metadata: { namespace = '', name } }) => `${namespace}/${name}`)
    .sort();
}

/** Milliseconds since 1970, to the second; 0: never since it was made. */
function lastChange(map: KubeObject): number {
  const times = list(map, 'metadata', 'managedFields').map((each) => Date.parse(text(each, 'time') ?? ''));
  const made = Date.parse(text(map, 'metadata', 'creationTimestamp') ?? '');
  const last = Math.max(0, ...times.filter(Number.isFinite));
  return last > made ? last : 0;
}

const began = (pod: KubeObject): number => Date.parse(text(pod, 'status', 'startTime') ?? '') || 0;

const isRunning = (pod: KubeObject): boolean => ['Pending', 'Running'].includes(text(pod, 'status', 'phase') ?? '');

function mountsRoots(pod: KubeObject): boolean {
  return list(pod, 'spec', 'volumes').some((volume) =>
    list(volume, 'projected', 'sources').some((source) => text(source, 'configMap', 'name') === ROOT_CA),
  );
}
