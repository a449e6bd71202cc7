import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { asKinitError } from '../../model/error.js';
import { isCertificateTrouble, isOutage } from '../api/errors.js';
import { condition, isReady } from '../why/pods.js';
import { count, list, text } from '../api/json.js';
import { type Look, patiently, waitUntil, type WaitOptions } from '../api/until.js';

/**
 * Waits (default 120 s) until the controller manager does its work, seen by the ServiceAccount it makes in each namespace.
 * Kubelets that start before it signs certificates fall into retries of seconds each, for their node, its lease and its CSINode.
 */
export async function waitForControllers(api: ClusterApi, options: WaitOptions = {}): Promise<void> {
  await waitUntil({
    ...options,
    what: 'the controller manager to begin its work',
    timeoutSeconds: options.timeoutSeconds ?? 120,
    intervalMs: 100,
    look: () =>
      patiently(async () => {
        const account = await api.get({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          namespace: 'default',
          name: 'default',
        });
        return account === undefined ? { done: false, missing: 'it has made no ServiceAccount yet' } : done;
      }),
    hint: 'Look at it on a control-plane host: crictl ps -a, crictl logs of kube-controller-manager.',
  });
}

/** What keeps a workload from being available in its present revision; undefined when nothing does. No pod wanted counts as available. */
export function workloadTrouble(workload: KubeObject | undefined): string | undefined {
  if (workload === undefined) return 'it does not exist';
  if (!isSeen(workload)) return 'its controller has not seen it yet';
  const daemon = workload.kind === 'DaemonSet';
  const { wanted, updated } = replicas(workload);
  const available = count(workload, 'status', daemon ? 'numberAvailable' : 'availableReplicas');
  if (updated >= wanted && available >= wanted && isRolledOut(workload)) return undefined;
  return `${Math.min(updated, available)} of ${wanted} pods are up to date and available`;
}

/** Its status is about what it is now. */
export function isSeen(workload: KubeObject): boolean {
  return count(workload, 'status', 'observedGeneration') >= count(workload, 'metadata', 'generation');
}

/** Every pod it wants is there in the present revision, and none of an earlier one (kubectl rollout status: DeploymentStatusViewer). */
export function isRolledOut(workload: KubeObject): boolean {
  const { wanted, updated } = replicas(workload);
  const all = workload.kind === 'DaemonSet' ? updated : count(workload, 'status', 'replicas');
  return updated >= wanted && all <= updated;
}

function replicas(workload: KubeObject): { readonly wanted: number; readonly updated: number } {
  const daemon = workload.kind === 'DaemonSet';
  return {
    wanted: daemon ? count(workload, 'status', 'desiredNumberScheduled') : count(workload, 'spec', 'replicas'),
    updated: count(workload, 'status', daemon ? 'updatedNumberScheduled' : 'updatedReplicas'),
  };
}

const done: Look<undefined> = { done: true, value: undefined };

/** A running API server looks for new certificates every minute (k8s.io/apiserver: dynamiccertificates FileRefreshDuration). */
export const RELOAD_SECONDS = 75;

/** A server that is on its way out may keep a question for as long as it lives. */
const PATIENCE_MS = 3000;

/**
 * Whether the API server says that it is ready; an outage is one more thing that is missing.
 * @param reloading it may still be reading certificates that were written just now: what it shows or asks for is waited through
 */
export async function lookAtApi(api: ClusterApi, path: string, reloading = false): Promise<Look<undefined>> {
  try {
    const response = await Promise.race([api.request('GET', path), sleep(PATIENCE_MS, undefined, { ref: false })]);
    if (response === undefined) return { done: false, missing: `no answer within ${String(PATIENCE_MS / 1000)} s` };
    if (response.status === 200) return done;
    return { done: false, missing: notReady(response.status, response.body) };
  } catch (thrown) {
    if (!isOutage(thrown) && !(reloading && isCertificateTrouble(thrown))) throw thrown;
    return { done: false, missing: asKinitError(thrown).context.found ?? 'no answer' };
  }
}

/** /readyz lists its checks, failed ones as '[-]name failed: reason withheld'. */
function notReady(status: number, body: unknown): string {
  const failed = typeof body === 'string' ? [...body.matchAll(/^\[-\](\S+)/gm)].map((match) => match[1]) : [];
  return failed.length === 0 ? `it answers ${status}` : `not ready yet: ${failed.join(', ')}`;
}

/**
 * Taints by which the cluster itself keeps pods away from a node, and which it lifts itself once their cause is gone
 * (k8s.io/api/core/v1/well_known_taints.go; the node lifecycle controller puts them by the node's conditions). A person's cordon
 * (unschedulable) and out-of-service are none of them, and uninitialized waits for a cloud-controller-manager.
 */
const PASSING_TAINTS = [
  'not-ready',
  'unreachable',
  'network-unavailable',
  'memory-pressure',
  'disk-pressure',
  'pid-pressure',
].map((name) => `node.kubernetes.io/${name}`);

/** What keeps a node from taking pods, one line a trouble; none when nothing does. Its own Ready comes before the taints go. */
export function nodeTrouble(name: string, node: KubeObject | undefined): string[] {
  if (node === undefined) return [`${name} is not registered`];
  if (isReady(node)) return passingTaints(node).map((taint) => `${name} takes no pods: it carries the taint ${taint}`);
  const ready = condition(node, 'Ready');
  return [
    `${name} is not Ready: ${ready === undefined ? 'its kubelet has not reported yet' : `${ready.reason}: ${ready.message}`}`,
  ];
}

function passingTaints(node: KubeObject): string[] {
  return list(node, 'spec', 'taints').flatMap((taint) => {
    const key = text(taint, 'key') ?? '';
    return PASSING_TAINTS.includes(key) ? [`${key}:${text(taint, 'effect') ?? ''}`] : [];
  });
}
