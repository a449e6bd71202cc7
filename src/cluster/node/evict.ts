import type { ApiResponse, ClusterApi, KubeObject } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { field, list, text } from '../api/json.js';
import { refused } from '../api/errors.js';
import { pause, throwIfStopped } from '../api/until.js';

export interface EvictOptions {
  /** Bound on eviction, in seconds. */
  readonly timeoutSeconds: number;
  readonly progress: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** A pod that did not leave in time. */
export interface HeldPod {
  readonly pod: KubeObject;
  /** What the API server said to the last try of evicting it; absent where it is being ended, and has not ended. */
  readonly because?: string;
}

/** Seconds between two tries of an eviction that a PodDisruptionBudget refuses. */
const RETRY_SECONDS = 1;

/**
 * Evicts pods of a node until none is left, or time has run out; gives those that are left then.
 * @param leaves which of the pods that would be missed are to leave
 */
export async function evictAll(
  api: ClusterApi,
  node: string,
  leaves: (pod: KubeObject) => boolean,
  { timeoutSeconds, progress, signal }: EvictOptions,
): Promise<readonly HeldPod[]> {
  const end = performance.now() + timeoutSeconds * 1000;
  /** Why a pod was not evicted; undefined: it was. */
  const held = new Map<string, string | undefined>();
  let told = '';
  for (;;) {
    throwIfStopped(signal, `pods to leave node ${node}`);
    const pods = (await podsToMove(api, node)).filter(leaves);
    if (pods.length === 0) return [];
    if (performance.now() >= end) return pods.map((pod) => ({ pod, ...defined({ because: held.get(uidOf(pod)) }) }));
    const names = pods.map(nameOf).join(', ');
    if (names !== told) progress(`evicting ${String(pods.length)} pods from ${node}: ${names}`);
    told = names;
    const waiting = pods.filter((pod) => !held.has(uidOf(pod)) || held.get(uidOf(pod)) !== undefined);
    await Promise.all(waiting.map(async (pod) => held.set(uidOf(pod), await evict(api, pod))));
    await pause(Math.min(RETRY_SECONDS * 1000, Math.max(end - performance.now(), 1)), signal);
  }
}

/** Pods that the API server has on a node. */
export async function podsOn(api: ClusterApi, node: string): Promise<readonly KubeObject[]> {
  const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`;
  const response = await api.request('GET', path);
  if (response.status !== 200) throw refused(`list the pods of node ${node}`, `GET ${path}`, response);
  return list(response.body, 'items') as KubeObject[];
}

/** Pods of the node that would be missed: not those of DaemonSets, not static ones, not finished ones. */
async function podsToMove(api: ClusterApi, node: string): Promise<KubeObject[]> {
  return (await podsOn(api, node)).filter((pod) => {
    const finished = ['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase') ?? '');
    return !isStatic(pod) && !finished && text(controllerOf(pod), 'kind') !== 'DaemonSet';
  });
}

/** Made by the kubelet from a file: what the API has is its mirror. */
export const isStatic = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** The owner that makes a pod anew when it is gone; undefined for a pod that nobody would. */
export function controllerOf(pod: KubeObject): unknown {
  return list(pod, 'metadata', 'ownerReferences').find((each) => field(each, 'controller') === true);
}

/** undefined when the pod is on its way out; else why not for now: a budget or a webhook forbids it, or the API server is at a loss. */
async function evict(api: ClusterApi, pod: KubeObject): Promise<string | undefined> {
  const path = `${podPath(pod)}/eviction`;
  const { name, namespace } = pod.metadata;
  const response = await api.request('POST', path, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
  });
  if (response.status === 404 || (response.status >= 200 && response.status < 300)) return undefined;
  if (response.status === 401) throw refused(`evict pod ${nameOf(pod)}`, `POST ${path}`, response);
  // A budget (429, or 403 where its numbers are off), an admission webhook, a conflict: each may say otherwise the next time.
  return whyNot(response);
}

/** The budget and its numbers stand in the causes (k8s.io/kubernetes/pkg/registry/core/pod/storage: createTooManyRequestsError). */
function whyNot({ status, body }: ApiResponse): string {
  const causes = list(body, 'details', 'causes').flatMap((cause) => text(cause, 'message') ?? []);
  return causes.join('; ') || (text(body, 'message') ?? `the API server answers ${String(status)}`);
}

export function podPath(pod: KubeObject): string {
  return `/api/v1/namespaces/${encodeURIComponent(pod.metadata.namespace ?? '')}/pods/${encodeURIComponent(pod.metadata.name)}`;
}

export const nameOf = (pod: KubeObject): string => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
export const uidOf = (pod: KubeObject): string => text(pod, 'metadata', 'uid') ?? '';
