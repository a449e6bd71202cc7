import type { ClusterApi, KubeObject } from '../../model/api.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { appliedByKinit } from '../api/applied.js';
import { condition, explainPods, isReady } from '../why/pods.js';
import { list, record, text } from '../api/json.js';
import { planProbe, rememberProbe } from './mark.js';
import { probePods } from './probe.js';
import { type Look, patiently, waitUntil } from '../api/until.js';
import { isRolledOut, isSeen, nodeTrouble, workloadTrouble } from '../waits/api.js';

/** Seconds until all nodes are Ready and kinit's own workloads run, with images in place. */
const SETTLE_TIMEOUT = 300;

/** What the check has to know of the pod network and the add-ons of this cluster. */
export interface SmokeSubject {
  /** Why pods cannot be looked at: nothing is, then. */
  readonly unproved?: string;
  /** Where kinit's own workloads run. */
  readonly namespaces: readonly string[];
  /** What Services depend on besides workloads: another one means that it is shown anew that they work. */
  readonly settings: readonly string[];
  /** An image with busybox that every node has. */
  readonly image: string;
  /** What a person can do where pods do not reach each other. */
  readonly hint: string;
  /** How the API server is restarted, as half a sentence. */
  readonly restart: string;
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
  const plan = await planProbe(api, settled.nodes, settled.workloads, subject.settings);
  if (plan.nodes.length === 0) return;
  await probePods(api, {
    nodes: plan.nodes,
    image: subject.image,
    hint: subject.hint,
    restart: subject.restart,
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
  const troubles: Trouble[] = nodes.flatMap((node) =>
    nodeTrouble(node.metadata.name, node).map((text) => ({ text, on: [node.metadata.name] })),
  );
  if (!nodes.some((node) => node.metadata.name === leader))
    troubles.push(...nodeTrouble(leader, undefined).map((text) => ({ text, on: [leader] })));
  const ready = new Set(nodes.map((node) => node.metadata.name));
  for (const workload of workloads) troubles.push(...(await notServing(api, workload, ready)));
  if (troubles.length === 0) return { done: true, value: { nodes, workloads } };
  const ill = [...new Set(troubles.flatMap(({ on }) => on))];
  return { done: false, missing: troubles.map(({ text }) => text).join('\n'), ...(ill.length === 0 ? {} : { ill }) };
}

/** What is missing, and the nodes it is missing on, where that can be said. */
interface Trouble {
  readonly text: string;
  readonly on: readonly string[];
}

/**
 * What keeps a workload from serving the nodes of this run with pods of its present revision. One that lacks pods only on hosts
 * that are not of this run (a host that is down) does not hold the run up.
 */
async function notServing(api: ClusterApi, workload: KubeObject, nodes: ReadonlySet<string>): Promise<Trouble[]> {
  const trouble = workloadTrouble(workload);
  if (trouble === undefined) return [];
  const line = `${workload.kind} ${workload.metadata.name}: ${trouble}`;
  const nobody = [{ text: line, on: [] }];
  if (!isSeen(workload)) return nobody;
  const isDaemon = workload.kind === 'DaemonSet';
  if (!isDaemon && (!isRolledOut(workload) || condition(workload, 'Available')?.status !== 'True')) return nobody;
  const pods = await podsOf(api, workload);
  const whereReady = (ready: boolean): Set<string | undefined> =>
    new Set(pods.filter((pod) => isReady(pod) === ready).map((pod) => text(pod, 'spec', 'nodeName')));
  const [served, unserved] = [whereReady(true), whereReady(false)];
  const lacking = [...nodes].filter((name) => (isDaemon ? !served.has(name) : unserved.has(name)));
  return lacking.length === 0 ? [] : [{ text: `${line}, not on ${lacking.join(', ')}`, on: lacking }];
}

/** Of its present revision, where a pod says of which it is. */
async function podsOf(api: ClusterApi, workload: KubeObject): Promise<KubeObject[]> {
  const selector = Object.entries(record(workload, 'spec', 'selector', 'matchLabels')).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const pods = await api.list('v1', 'Pod', {
    namespace: workload.metadata.namespace ?? '',
    labelSelector: selector.join(','),
  });
  const template = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
  return pods.filter((pod) => template === undefined || pod.metadata.labels?.['pod-template-generation'] === template);
}

/** The kubelet sets this taint with --cloud-provider=external (k8s.io/cloud-provider/api: TaintExternalCloudProvider). */
function awaitsCloud(node: KubeObject): boolean {
  return list(node, 'spec', 'taints').some(
    (taint) => text(taint, 'key') === 'node.cloudprovider.kubernetes.io/uninitialized',
  );
}

async function troubles(api: ClusterApi, namespace: string): Promise<string> {
  const pods = await api.list('v1', 'Pod', { namespace });
  return pods.every(isReady) ? '' : explainPods(api, namespace);
}
