import type { ClusterApi, KubeObject } from '../../model/api.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { condition, explainPods, isReady } from '../why/pods.js';
import { count, list, record, text } from '../api/json.js';
import { planProbe, rememberProbe } from './mark.js';
import { probePods } from './probe.js';
import { type Look, patiently, waitUntil } from '../api/until.js';
import { nodeTrouble, workloadTrouble } from '../waits/api.js';

/** Seconds until all nodes are Ready and kinit's own workloads run, with images in place. */
const SETTLE_TIMEOUT = 180;

/** What the check has to know of the pod network and the add-ons of this cluster. */
export interface SmokeSubject {
  /** Why pods cannot be looked at: nothing is, then. */
  readonly unproved?: string;
  /** Where kinit's own workloads run. */
  readonly namespaces: readonly string[];
  /** An image with busybox that every node has. */
  readonly image: string;
  /** What a person can do where pods do not reach each other. */
  readonly hint: string;
}

/**
 * "The cluster really works": nodes Ready, kube-proxy, DNS and pod network available, and, from a pod on every node,
 * DNS answers and a Service answers from other nodes. Pods are started only where nodes or workloads are not those of
 * the last passed check (six quick API requests otherwise, no command on any host); nothing of them stays behind.
 * Concerns the hosts of the context that are registered: hosts that failed earlier have been reported by then.
 * Without a pod network of kinit's (`unproved`), and before a cloud-controller-manager has seen to the nodes
 * (`cloudProvider: external`), there is nothing to check yet.
 */
export async function checkCluster(context: PhaseContext, tools: Tools, subject: SmokeSubject): Promise<void> {
  const api = await tools.api();
  if (subject.unproved !== undefined) {
    tools.progress(`pods and Services are not checked: ${subject.unproved}`);
    return;
  }
  const { progress, signal } = tools;
  const names = context.nodes.map((node) => node.spec.name);
  const leader = context.leader.spec.name;
  const settled = await waitUntil({
    what: 'nodes, DNS, proxy and pod network to be ready',
    timeoutSeconds: SETTLE_TIMEOUT,
    progress,
    signal,
    look: () => patiently(() => lookAround(api, names, leader, subject.namespaces)),
    explain: async () =>
      (await Promise.all(subject.namespaces.map((namespace) => troubles(api, namespace))))
        .filter((lines) => lines !== '')
        .join('\n'),
    hint: 'The lines above name what is missing. More: kubectl get nodes,pods -A -o wide; journalctl -u kubelet on a node that is not Ready.',
  });
  const waiting = settled.nodes.filter(awaitsCloud).map((node) => node.metadata.name);
  if (waiting.length > 0) {
    progress(
      `pods and Services are not checked: ${waiting.join(', ')} ${waiting.length === 1 ? 'waits' : 'wait'} for the cloud-controller-manager that you install (cloudProvider: external)`,
    );
    return;
  }
  const plan = await planProbe(api, settled.nodes, settled.workloads);
  if (plan.nodes.length === 0) return;
  await probePods(api, {
    nodes: plan.nodes,
    image: subject.image,
    hint: subject.hint,
    domain: context.spec.network.domain,
    progress,
    signal,
  });
  await rememberProbe(api, plan);
}

interface Settled {
  readonly nodes: readonly KubeObject[];
  readonly workloads: readonly KubeObject[];
}

async function lookAround(
  api: ClusterApi,
  names: readonly string[],
  leader: string,
  namespaces: readonly string[],
): Promise<Look<Settled>> {
  const [all, ...found] = await Promise.all([
    api.list('v1', 'Node'),
    ...namespaces.flatMap((namespace) =>
      ['DaemonSet', 'Deployment'].map((kind) => api.list('apps/v1', kind, { namespace })),
    ),
  ]);
  const nodes = all.filter((node) => names.includes(node.metadata.name));
  // Until a cloud-controller-manager has taken the taint away, nothing that goes through the scheduler starts.
  const scheduling = !nodes.some(awaitsCloud);
  const workloads = found
    .flat()
    .filter((workload) => appliedByKinit(workload) && (scheduling || workload.kind === 'DaemonSet'));
  const missing = nodes.flatMap((node) => nodeTrouble(node.metadata.name, node));
  if (!nodes.some((node) => node.metadata.name === leader)) missing.push(...nodeTrouble(leader, undefined));
  const ready = new Set(nodes.map((node) => node.metadata.name));
  for (const workload of workloads) missing.push(...(await notServing(api, workload, ready)));
  return missing.length === 0
    ? { done: true, value: { nodes, workloads } }
    : { done: false, missing: missing.join('\n') };
}

/** A workload that lacks pods only on hosts that are not of this run (a host that is down) does not hold the run up. */
async function notServing(api: ClusterApi, workload: KubeObject, nodes: ReadonlySet<string>): Promise<string[]> {
  const trouble = workloadTrouble(workload);
  if (trouble === undefined) return [];
  const line = `${workload.kind} ${workload.metadata.name}: ${trouble}`;
  if (count(workload, 'status', 'observedGeneration') < count(workload, 'metadata', 'generation')) return [line];
  if (workload.kind === 'Deployment') return condition(workload, 'Available')?.status === 'True' ? [] : [line];
  const selector = Object.entries(record(workload, 'spec', 'selector', 'matchLabels')).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const pods = await api.list('v1', 'Pod', {
    namespace: workload.metadata.namespace ?? '',
    labelSelector: selector.join(','),
  });
  const template = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
  const current = pods.filter(
    (pod) => template === undefined || pod.metadata.labels?.['pod-template-generation'] === template,
  );
  const served = new Set(current.filter(isReady).map((pod) => text(pod, 'spec', 'nodeName')));
  return [...nodes].every((name) => served.has(name)) ? [] : [line];
}

/** The kubelet sets this taint with --cloud-provider=external (k8s.io/cloud-provider/api: TaintExternalCloudProvider). */
function awaitsCloud(node: KubeObject): boolean {
  return list(node, 'spec', 'taints').some(
    (taint) => text(taint, 'key') === 'node.cloudprovider.kubernetes.io/uninitialized',
  );
}

function appliedByKinit(object: KubeObject): boolean {
  return list(object, 'metadata', 'managedFields').some(
    (entry) => text(entry, 'manager') === 'kinit' && text(entry, 'operation') === 'Apply',
  );
}

async function troubles(api: ClusterApi, namespace: string): Promise<string> {
  const pods = await api.list('v1', 'Pod', { namespace });
  return pods.every(isReady) ? '' : explainPods(api, namespace);
}
