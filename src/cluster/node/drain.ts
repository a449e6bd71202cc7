import type { ClusterApi, KubeObject } from '../../model/api.js';
import { refused } from '../api/errors.js';
import { isReady } from '../why/pods.js';
import { field, list, text } from '../api/json.js';
import { pause, throwIfStopped } from '../api/until.js';

export interface DrainOptions {
  /** Bound on eviction; pods still there then are deleted. */
  readonly timeoutSeconds: number;
  readonly progress: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Seconds between two tries of an eviction that a PodDisruptionBudget refuses. */
const RETRY_SECONDS = 1;

/**
 * Takes a node out of the cluster: cordons it, evicts its pods (DaemonSet and static pods stay), deletes the Node object.
 * Evictions that a PodDisruptionBudget forbids are tried until time runs out, then the pods are deleted with a warning:
 * the node goes away in any case. On a node that is not Ready they are deleted at once. False when there is no such node.
 */
export async function drainAndDelete(api: ClusterApi, node: string, options: DrainOptions): Promise<boolean> {
  const cordoned = await cordon(api, node);
  if (cordoned === undefined) return false;
  // Nobody is there to end pods on a dead node: waiting for it would only cost time.
  await drain(api, node, isReady(cordoned) ? options : { ...options, timeoutSeconds: 0 });
  return api.delete({ apiVersion: 'v1', kind: 'Node', name: node });
}

/** Annotation of a node that kinit cordoned and means to uncordon: one that a person cordoned stays so. */
const CORDONED = 'kinit/cordoned';

/**
 * Empties a node that will be back: cordons it, unless it is cordoned already, and evicts its pods (DaemonSet and static pods
 * stay). False when there is no such node.
 */
export async function emptyNode(api: ClusterApi, node: string, options: DrainOptions): Promise<boolean> {
  const there = await api.get({ apiVersion: 'v1', kind: 'Node', name: node });
  if (there === undefined) return false;
  if (field(there, 'spec', 'unschedulable') !== true)
    await patchNode(api, node, { metadata: { annotations: { [CORDONED]: 'reboot' } }, spec: { unschedulable: true } });
  await drain(api, node, isReady(there) ? options : { ...options, timeoutSeconds: 0 });
  return true;
}

/** Takes pods again, where `emptyNode` was what kept them away. */
export async function fillNode(api: ClusterApi, node: string): Promise<void> {
  const there = await api.get({ apiVersion: 'v1', kind: 'Node', name: node });
  if (there?.metadata.annotations?.[CORDONED] === undefined) return;
  await patchNode(api, node, { metadata: { annotations: { [CORDONED]: null } }, spec: { unschedulable: null } });
}

async function patchNode(api: ClusterApi, node: string, patch: object): Promise<void> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  const response = await api.request('PATCH', path, patch, 'application/merge-patch+json');
  if (response.status !== 200) throw refused(`cordon or uncordon node ${node}`, `PATCH ${path}`, response);
}

async function cordon(api: ClusterApi, node: string): Promise<KubeObject | undefined> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  const response = await api.request('PATCH', path, { spec: { unschedulable: true } }, 'application/merge-patch+json');
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw refused(`cordon node ${node}`, `PATCH ${path}`, response);
  return response.body as KubeObject;
}

async function drain(api: ClusterApi, node: string, { timeoutSeconds, progress, signal }: DrainOptions): Promise<void> {
  const end = performance.now() + timeoutSeconds * 1000;
  const evicted = new Set<string>();
  let told = '';
  for (;;) {
    throwIfStopped(signal, `pods to leave node ${node}`);
    const pods = await podsToMove(api, node);
    if (pods.length === 0) return;
    const late = performance.now() >= end;
    const names = pods.map(nameOf).join(', ');
    if (names !== told || late)
      progress(
        late
          ? `warning: deleting pods that did not leave node ${node}${timeoutSeconds > 0 ? ` in ${timeoutSeconds} s` : ', which is not Ready'}: ${names}`
          : `evicting ${pods.length} pods from ${node}: ${names}`,
      );
    told = names;
    if (late) {
      await Promise.all(pods.map((pod) => kill(api, pod)));
      return;
    }
    const waiting = pods.filter((pod) => !evicted.has(uidOf(pod)));
    for (const [index, gone] of (await Promise.all(waiting.map((pod) => evict(api, pod)))).entries()) {
      const pod = waiting[index];
      if (gone && pod !== undefined) evicted.add(uidOf(pod));
    }
    await pause(Math.min(RETRY_SECONDS * 1000, Math.max(end - performance.now(), 1)), signal);
  }
}

/** Pods of the node that would be missed: not those of DaemonSets, not static ones, not finished ones. */
async function podsToMove(api: ClusterApi, node: string): Promise<KubeObject[]> {
  const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`;
  const response = await api.request('GET', path);
  if (response.status !== 200) throw refused(`list the pods of node ${node}`, `GET ${path}`, response);
  return (list(response.body, 'items') as KubeObject[]).filter((pod) => {
    const owner = list(pod, 'metadata', 'ownerReferences').find((each) => field(each, 'controller') === true);
    const mirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
    const finished = ['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase') ?? '');
    return !mirror && !finished && text(owner, 'kind') !== 'DaemonSet';
  });
}

/** True when the pod is on its way out; false when a budget forbids it for now. */
async function evict(api: ClusterApi, pod: KubeObject): Promise<boolean> {
  const path = `${pathOf(pod)}/eviction`;
  const { name, namespace } = pod.metadata;
  const response = await api.request('POST', path, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
  });
  if (response.status === 429 || response.status >= 500) return false;
  if (response.status === 404 || (response.status >= 200 && response.status < 300)) return true;
  throw refused(`evict pod ${nameOf(pod)}`, `POST ${path}`, response);
}

/** By force: the kubelet of a node that goes away may never confirm. */
async function kill(api: ClusterApi, pod: KubeObject): Promise<void> {
  const path = pathOf(pod);
  const response = await api.request('DELETE', path, {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    preconditions: { uid: uidOf(pod) },
  });
  if (response.status >= 300 && response.status !== 404 && response.status !== 409)
    throw refused(`delete pod ${nameOf(pod)}`, `DELETE ${path}`, response);
}

function pathOf(pod: KubeObject): string {
  return `/api/v1/namespaces/${encodeURIComponent(pod.metadata.namespace ?? '')}/pods/${encodeURIComponent(pod.metadata.name)}`;
}

const nameOf = (pod: KubeObject): string => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
const uidOf = (pod: KubeObject): string => text(pod, 'metadata', 'uid') ?? '';
