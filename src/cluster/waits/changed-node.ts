import type { ClusterApi } from '../../model/api.js';
import { text } from '../api/json.js';
import { controllerOf, nameOf, podsOn } from '../node/evict.js';
import { isReady } from '../why/pods.js';
import { patiently, waitUntil, type WaitOptions } from '../api/until.js';
import { nodeTrouble } from './api.js';

/** Seconds until a node that was changed is back with all it carries: a control plane on it starts first. */
const TIMEOUT = 300;

/** Of each DaemonSet with a pod on a node that is Ready: its uid. */
export async function servedBy(api: ClusterApi, node: string): Promise<ReadonlySet<string>> {
  return new Set((await podsOn(api, node)).filter(isReady).flatMap((pod) => daemonOf(pod) ?? []));
}

/** A node that was away. What the API says of it is of before until its kubelet has told what is new. */
export interface ChangedNode {
  readonly node: string;
  /** In the node's status.nodeInfo (k8s.io/api/core/v1: NodeSystemInfo). */
  readonly told: 'bootID' | 'containerRuntimeVersion' | 'kubeletVersion';
  readonly isNew: (told: string) => boolean;
  /** For people: 'runs with cri-o'. */
  readonly news: string;
  /** As servedBy gave it. Default: nothing. */
  readonly before?: ReadonlySet<string>;
  /** A node that somebody took out of the cluster meanwhile is not waited for. */
  readonly mayBeGone?: boolean;
}

/**
 * Waits until a node's kubelet has told what is new, and the node is Ready, with a Ready pod of every DaemonSet that had one
 * there before. Throws 'timeout' with what is missing.
 * @param api asked for at each look: it may be on the node itself
 */
export async function waitForChangedNode(
  api: () => Promise<ClusterApi>,
  { node, told, isNew, news, before = new Set(), mayBeGone = false }: ChangedNode,
  options: WaitOptions,
): Promise<void> {
  await waitUntil({
    ...options,
    what: `node ${node} to be back`,
    timeoutSeconds: options.timeoutSeconds ?? TIMEOUT,
    intervalMs: 500,
    look: () =>
      patiently(async () => {
        const cluster = await api();
        const there = await cluster.get({ apiVersion: 'v1', kind: 'Node', name: node });
        if (there === undefined && mayBeGone) return { done: true, value: undefined };
        const trouble = nodeTrouble(node, there);
        if (there !== undefined && !isNew(text(there, 'status', 'nodeInfo', told) ?? ''))
          trouble.push(`its kubelet has not told yet that it ${news}`);
        if (trouble.length > 0) return { done: false, missing: trouble.join('\n') };
        if (before.size === 0) return { done: true, value: undefined };
        const missing = (await podsOn(cluster, node)).filter((pod) => before.has(daemonOf(pod) ?? '') && !isReady(pod));
        return missing.length === 0
          ? { done: true, value: undefined }
          : { done: false, missing: `not Ready there: ${missing.map(nameOf).join(', ')}` };
      }),
    hint: `Look at them: kubectl describe pod, journalctl -u kubelet on ${node}. Then run the same command again: it goes on from here.`,
  });
}

function daemonOf(pod: Parameters<typeof controllerOf>[0]): string | undefined {
  const owner = controllerOf(pod);
  return text(owner, 'kind') === 'DaemonSet' ? text(owner, 'uid') : undefined;
}
