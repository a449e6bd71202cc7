import { randomBytes } from 'node:crypto';
import type { ClusterApi, KubeObject } from '../model/api.js';
import { asKinitError, KinitError } from '../model/error.js';
import { explainPods } from './explain.js';
import { count, field, list, text } from './json.js';
import { PROBE_LIMIT_SECONDS, probeNamespace, probePod, probeService } from './probe-objects.js';
import { patiently, waitUntil } from './until.js';

export interface ProbeOptions {
  readonly nodes: readonly string[];
  /** An image with busybox that every node has. */
  readonly image: string;
  /** DNS domain of the cluster. */
  readonly domain: string;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Seconds for starting the pods, on top of what the probe itself may take. */
const START_LIMIT = 45;

/**
 * Starts one pod on each node, in a namespace of its own. Each answers HTTP with its node's name behind a common Service,
 * asks the cluster's DNS for that Service, and fetches from it until enough nodes have answered.
 * Throws class 'timeout' with each failing node and what it saw. The namespace is deleted in any case.
 */
export async function probePods(api: ClusterApi, options: ProbeOptions): Promise<void> {
  await removeLeftovers(api);
  const namespace = `kinit-probe-${randomBytes(4).toString('hex')}`;
  options.progress(`checking DNS and Services from a pod on ${options.nodes.length === 1 ? 'the node' : `each of ${options.nodes.length} nodes`}`);
  try {
    await api.apply(probeNamespace(namespace));
    const service = await api.apply(probeService(namespace));
    await serviceAccount(api, namespace, options);
    const clusterIP = text(service, 'spec', 'clusterIP') ?? '';
    await Promise.all(options.nodes.map((node) => api.apply(probePod({ ...options, node, namespace, clusterIP, others: options.nodes.length - 1 }))));
    await verdict(api, namespace, options);
  } finally {
    await api.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }).catch((error: unknown) => {
      options.progress(`could not delete namespace ${namespace} (${asKinitError(error).message}); the next run does`);
    });
  }
}

/** Admission refuses pods until the namespace has its default ServiceAccount, a moment after it was made. */
async function serviceAccount(api: ClusterApi, namespace: string, { signal }: ProbeOptions): Promise<void> {
  await waitUntil({
    what: 'the controller manager to make a ServiceAccount',
    timeoutSeconds: 30,
    intervalMs: 50,
    signal,
    look: () =>
      patiently(async () => {
        const account = await api.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' });
        return account === undefined ? { done: false, missing: `ServiceAccount ${namespace}/default does not exist` } : { done: true, value: undefined };
      }),
    hint: 'Look at the controller manager: crictl logs of kube-controller-manager on a control-plane host.',
  });
}

async function verdict(api: ClusterApi, namespace: string, { nodes, progress, signal }: ProbeOptions): Promise<void> {
  const pods = await waitUntil({
    what: 'the probe pods to finish',
    timeoutSeconds: PROBE_LIMIT_SECONDS + START_LIMIT,
    progress,
    signal,
    intervalMs: 200,
    look: () =>
      patiently(async () => {
        const all = await api.list('v1', 'Pod', { namespace });
        const left = nodes.length - all.filter((pod) => ended(pod) !== undefined).length;
        return left <= 0 ? { done: true, value: all } : { done: false, missing: `${left} of ${nodes.length} nodes` };
      }),
    explain: () => explainPods(api, namespace),
    hint: 'Pods do not start as they should. The lines above say why; more: journalctl -u kubelet on that node.',
  });
  const failed = pods.filter((pod) => count(ended(pod), 'exitCode') !== 0);
  if (failed.length === 0) return;
  throw new KinitError(`the pod network does not work on ${failed.map(nodeOf).join(', ')}`, {
    class: 'timeout',
    tried: `from a pod on each node: the DNS name of a Service, and the Service itself, for ${PROBE_LIMIT_SECONDS} s`,
    found: failed.map((pod) => `${nodeOf(pod)}: ${text(ended(pod), 'message')?.trim() ?? 'no message'}`).join('\n'),
    hint: 'Between nodes the pod network must pass (VXLAN: UDP port 8472). Look at a firewall in between, and at the logs of the flannel and kube-proxy pods on these nodes.',
  });
}

/** The end of the pod's asking container; a pod that was refused as a whole has ended too. */
function ended(pod: KubeObject): unknown {
  const client = list(pod, 'status', 'containerStatuses').find((status) => text(status, 'name') === 'client');
  const terminated = field(client, 'state', 'terminated');
  if (terminated !== undefined) return terminated;
  return text(pod, 'status', 'phase') === 'Failed' ? { exitCode: 1, message: [text(pod, 'status', 'reason'), text(pod, 'status', 'message')].join(': ') } : undefined;
}

const nodeOf = (pod: KubeObject): string => text(pod, 'spec', 'nodeName') ?? pod.metadata.name;

/** Of a kinit that was killed in the middle. Only one is at work at a time, so these are nobody's. */
async function removeLeftovers(api: ClusterApi): Promise<void> {
  const left = await api.list('v1', 'Namespace', { labelSelector: 'kinit/probe=true' });
  const standing = left.filter((namespace) => text(namespace, 'status', 'phase') !== 'Terminating');
  await Promise.all(standing.map((namespace) => api.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace.metadata.name })));
}
