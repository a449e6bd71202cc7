import { randomBytes } from 'node:crypto';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { asKinitError, KinitError } from '../../model/error.js';
import { askLostDefaults } from '../why/bootstrap-roles.js';
import { explainPods } from '../why/pods.js';
import { count, field, list, text } from '../api/json.js';
import { PROBE_LABEL, PROBE_LIMIT_SECONDS, probePod, probeService } from './objects.js';
import { patiently, waitUntil } from '../api/until.js';

export interface ProbeOptions {
  readonly nodes: readonly string[];
  /** An image with busybox that every node has. */
  readonly image: string;
  /** DNS domain of the cluster. */
  readonly domain: string;
  /** What a person can do where pods do not reach each other. */
  readonly hint: string;
  /** How the API server is restarted, as half a sentence. */
  readonly restart: string;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Seconds for starting the pods, on top of what the probe itself may take: a disk that writes 8 MB/s beside something else kept the
 * kubelet waiting for two minutes. What is refused ends earlier.
 */
const START_LIMIT = 225;

/** A namespace of its own would take some 10 s to go away and be seen by whoever looks at the new cluster. */
const NAMESPACE = 'kube-system';

/**
 * Starts one pod on each node. Each answers HTTP with its node's name behind a common Service, asks the cluster's DNS
 * for that Service, and fetches from it until enough nodes have answered.
 * Throws class 'timeout' with each failing node and what it saw. Nothing of it is left in any case.
 */
export async function probePods(api: ClusterApi, options: ProbeOptions): Promise<void> {
  await removeProbes(api);
  const name = `kinit-probe-${randomBytes(4).toString('hex')}`;
  const probe = { name, namespace: NAMESPACE };
  options.progress(
    `checking DNS and Services from a pod on ${options.nodes.length === 1 ? 'the node' : `each of ${options.nodes.length} nodes`}`,
  );
  try {
    const service = await api.apply(probeService(probe));
    await serviceAccount(api, options);
    const clusterIP = text(service, 'spec', 'clusterIP') ?? '';
    await Promise.all(
      options.nodes.map((node) =>
        api.apply(probePod({ ...options, ...probe, node, clusterIP, others: options.nodes.length - 1 })),
      ),
    );
    await verdict(api, `${PROBE_LABEL}=${name}`, options);
  } finally {
    await removeProbes(api).catch((error: unknown) => {
      options.progress(`could not delete the probe pods (${asKinitError(error).message}); the next run does`);
    });
  }
}

/** Admission refuses pods until the namespace has its default ServiceAccount, a moment after the controller manager started. */
async function serviceAccount(api: ClusterApi, { signal }: ProbeOptions): Promise<void> {
  await waitUntil({
    what: 'the controller manager to make a ServiceAccount',
    timeoutSeconds: 30,
    intervalMs: 50,
    signal,
    look: () =>
      patiently(async () => {
        const account = await api.get({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          namespace: NAMESPACE,
          name: 'default',
        });
        return account === undefined
          ? { done: false, missing: `ServiceAccount ${NAMESPACE}/default does not exist` }
          : { done: true, value: undefined };
      }),
    hint: 'Look at the controller manager: crictl logs of kube-controller-manager on a control-plane host.',
  });
}

async function verdict(
  api: ClusterApi,
  labelSelector: string,
  { nodes, hint, restart, progress, signal }: ProbeOptions,
): Promise<void> {
  const pods = await waitUntil({
    what: 'the probe pods to finish',
    timeoutSeconds: PROBE_LIMIT_SECONDS + START_LIMIT,
    progress,
    signal,
    intervalMs: 200,
    look: () =>
      patiently(async () => {
        const all = await api.list('v1', 'Pod', { namespace: NAMESPACE, labelSelector });
        const left = nodes.length - all.filter((pod) => ended(pod) !== undefined).length;
        return left <= 0 ? { done: true, value: all } : { done: false, missing: `${left} of ${nodes.length} nodes` };
      }),
    explain: () => explainPods(api, NAMESPACE, labelSelector),
    hint: 'Pods do not start as they should. The lines above say why; more: journalctl -u kubelet on that node.',
  });
  const failed = pods.filter((pod) => count(ended(pod), 'exitCode') !== 0);
  if (failed.length === 0) return;
  const lost = await askLostDefaults(api);
  throw new KinitError(`the pod network does not work on ${failed.map(nodeOf).join(', ')}`, {
    class: 'timeout',
    ill: failed.map(nodeOf),
    tried: `from a pod on each node: the DNS name of a Service, and the Service itself, for ${PROBE_LIMIT_SECONDS} s`,
    found: failed.map((pod) => `${nodeOf(pod)}: ${text(ended(pod), 'message')?.trim() ?? 'no message'}`).join('\n'),
    hint: lost.length === 0 ? hint : withoutRoles(lost, restart),
  });
}

/** The end of the pod's asking container; a pod that was refused as a whole has ended too. */
function ended(pod: KubeObject): unknown {
  const client = list(pod, 'status', 'containerStatuses').find((status) => text(status, 'name') === 'client');
  const terminated = field(client, 'state', 'terminated');
  if (terminated !== undefined) return terminated;
  return text(pod, 'status', 'phase') === 'Failed'
    ? { exitCode: 1, message: [text(pod, 'status', 'reason'), text(pod, 'status', 'message')].join(': ') }
    : undefined;
}

const nodeOf = (pod: KubeObject): string => text(pod, 'spec', 'nodeName') ?? pod.metadata.name;

/** Also those of a kinit that was killed in the middle: only one is at work at a time, so they are nobody's. */
async function removeProbes(api: ClusterApi): Promise<void> {
  const [pods, services] = await Promise.all(
    ['Pod', 'Service'].map((kind) => api.list('v1', kind, { namespace: NAMESPACE, labelSelector: PROBE_LABEL })),
  );
  await Promise.all(
    [...(pods ?? []), ...(services ?? [])].map(({ apiVersion, kind, metadata: { name } }) =>
      api.delete({ apiVersion, kind, name, namespace: NAMESPACE }, { now: true }),
    ),
  );
}

function withoutRoles(lost: readonly string[], restart: string): string {
  const [were, them] = lost.length === 1 ? ['was', 'it'] : ['were', 'them'];
  return `${lost.join(', ')} ${were} deleted, so that what needs ${them} is forbidden. The API server makes ${them} again when it starts: ${restart}.`;
}
