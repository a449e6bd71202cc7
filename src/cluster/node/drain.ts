import type { ClusterApi, KubeObject } from '../../model/api.js';
import { refused } from '../api/errors.js';
import { isReady } from '../why/pods.js';
import { cordonForAWhile, uncordonOurs } from './cordon.js';
import { evictAll, nameOf, podPath, uidOf, type EvictOptions } from './evict.js';

/**
 * Empties a node that leaves the cluster: cordons it and evicts its pods (DaemonSet and static pods stay).
 * Evictions that a PodDisruptionBudget forbids are tried until time runs out, then the pods are deleted with a warning:
 * the node goes away in any case. On a node that is not Ready they are deleted at once. False when there is no such node.
 * Where it is stopped on request the node stays, and takes pods again.
 */
export async function drainForGood(api: ClusterApi, node: string, options: EvictOptions): Promise<boolean> {
  const cordoned = await cordonForAWhile(api, node, 'reset');
  if (cordoned === undefined) return false;
  try {
    await drain(api, node, cordoned, options);
  } catch (thrown) {
    // Else the host is given back all the same, and nothing is to come onto it meanwhile.
    if (options.signal?.aborted === true && (await uncordonOurs(api, node).catch(() => false)))
      options.progress(`stopped: node ${node} stays, and takes pods again`);
    throw thrown;
  }
  return true;
}

async function drain(api: ClusterApi, node: string, there: KubeObject, options: EvictOptions): Promise<void> {
  // Nobody is there to end pods on a dead node: waiting for it would only cost time.
  const timeoutSeconds = isReady(there) ? options.timeoutSeconds : 0;
  const held = await evictAll(api, node, () => true, { ...options, timeoutSeconds });
  if (held.length === 0) return;
  const names = held.map(({ pod }) => nameOf(pod)).join(', ');
  const why = timeoutSeconds > 0 ? ` in ${String(timeoutSeconds)} s` : ', which is not Ready';
  options.progress(`warning: deleting pods that did not leave node ${node}${why}: ${names}`);
  await Promise.all(held.map(({ pod }) => kill(api, pod)));
}

/** Ends a pod by force: the kubelet of a node that goes away may never confirm. */
export async function kill(api: ClusterApi, pod: KubeObject): Promise<void> {
  const path = podPath(pod);
  const response = await api.request('DELETE', path, {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    preconditions: { uid: uidOf(pod) },
  });
  if (response.status >= 300 && response.status !== 404 && response.status !== 409)
    throw refused(`delete pod ${nameOf(pod)}`, `DELETE ${path}`, response);
}
