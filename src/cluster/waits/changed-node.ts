import type { ClusterApi } from '../../model/api.js';
import { text } from '../api/json.js';
import { controllerOf, nameOf, podsOn } from '../node/evict.js';
import { isReady } from '../why/pods.js';
import { patiently, waitUntil, type WaitOptions } from '../api/until.js';
import { nodeTrouble } from './api.js';

/** Seconds until a node whose runtime was changed is back with all it carries. */
const TIMEOUT = 300;

/** Of each DaemonSet with a pod on a node that is Ready: its uid. */
export async function servedBy(api: ClusterApi, node: string): Promise<ReadonlySet<string>> {
  return new Set((await podsOn(api, node)).filter(isReady).flatMap((pod) => daemonOf(pod) ?? []));
}

/**
 * Waits until a node's kubelet tells of this runtime, and the node is Ready, with a Ready pod of every DaemonSet that had one
 * there before. Throws 'timeout' with what is missing.
 * @param runtime its name in the CRI
 * @param before as servedBy gave it
 */
export async function waitForChangedNode(
  api: ClusterApi,
  { node, runtime, before }: { readonly node: string; readonly runtime: string; readonly before: ReadonlySet<string> },
  options: WaitOptions,
): Promise<void> {
  await waitUntil({
    ...options,
    what: `node ${node} to be back`,
    timeoutSeconds: options.timeoutSeconds ?? TIMEOUT,
    intervalMs: 500,
    look: () =>
      patiently(async () => {
        const there = await api.get({ apiVersion: 'v1', kind: 'Node', name: node });
        const told = text(there, 'status', 'nodeInfo', 'containerRuntimeVersion') ?? '';
        const trouble = nodeTrouble(node, there);
        // NAME://VERSION (k8s.io/kubernetes/pkg/kubelet/nodestatus: VersionInfo), which writes versions in its own way.
        if (there !== undefined && !told.startsWith(`${runtime}://`))
          trouble.push(`its kubelet tells of ${told}, not yet of ${runtime}`);
        if (trouble.length > 0) return { done: false, missing: trouble.join('\n') };
        const missing = (await podsOn(api, node)).filter((pod) => before.has(daemonOf(pod) ?? '') && !isReady(pod));
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
