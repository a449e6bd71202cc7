import { isDeepStrictEqual } from 'node:util';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import type { Resource, ResourceKind, Tools } from '../../model/resource.js';
import { isOutage, refused } from '../../cluster/api/errors.js';
import { list, record, text } from '../../cluster/api/json.js';
import { uncordonOurs, wasToLeave } from '../../cluster/node/cordon.js';
import { kill } from '../../cluster/node/drain.js';
import { isStatic, podsOn } from '../../cluster/node/evict.js';
import { apiThatAnswers } from '../object/index.js';
import { type Look, pause, waitUntil } from '../../cluster/api/until.js';
import { defined } from '../../model/defined.js';
import { sh, shellScript } from '../../shell/script.js';

export interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** Labels and taints of a node. What others set beside them stays. */
export interface ClusterNodeResource extends Resource {
  readonly kind: 'clusterNode';
  readonly name: string;
  /** What the pod network makes on the host for the node's share of it. Absent: it is not known. */
  readonly podNetwork?: { readonly bridge: string; readonly files: readonly string[] } | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

export interface ClusterNodeSeen {
  readonly node?: KubeObject;
}

/** Taints are one atomic list in the API, so nothing there says which are ours: this annotation does. */
const OUR_TAINTS = 'kinit/taints';
/** A kubelet registers its node a moment after it starts. One that has run for longer without a node had it deleted under it. */
const REGISTERED_SECONDS = 40;
const ASK_AGE_SECONDS = 10;
const REGISTER_TIMEOUT_SECONDS = REGISTERED_SECONDS + 60;
const MAX_CONFLICTS = 10;

const RESTART = shellScript('./restart-old-kubelet.sh', import.meta.url);

export function clusterNode(
  options: Pick<ClusterNodeResource, 'name' | 'podNetwork' | 'labels' | 'taints'>,
): ClusterNodeResource {
  const { name, podNetwork, labels, taints } = options;
  return { kind: 'clusterNode', id: `clusterNode:${name}`, name, podNetwork, labels, taints };
}

export const clusterNodeKind: ResourceKind<ClusterNodeResource, ClusterNodeSeen> = {
  kind: 'clusterNode',
  describe: {
    change: "Sets the node's labels and taints in the cluster",
    undone: 'The node is drained and deleted from the cluster, if the cluster lives on',
  },
  observeCall: async (resource, tools) => {
    const api = await apiThatAnswers(tools);
    const node = await api?.get(refTo(resource.name));
    return defined({ node });
  },
  diff: (resource, { node }) => {
    const summary = `set labels and taints of node ${resource.name}`;
    if (node === undefined) {
      if (Object.keys(resource.labels).length + resource.taints.length === 0)
        return { changed: false, reason: 'no labels and taints are wanted' };
      return {
        changed: true,
        change: {
          action: 'create',
          summary,
          reason: `not in the cluster yet; wanted: ${[...Object.keys(resource.labels), ...resource.taints.map(taintText)].join(', ')}`,
        },
      };
    }
    const cut = wasToLeave(node) ? ['a reset that was cut keeps pods off it'] : [];
    const reasons = [...labelReasons(resource, node), ...taintReasons(resource, node), ...cut];
    if (reasons.length === 0) return { changed: false, reason: `labels and taints of ${resource.name} are as wanted` };
    return { changed: true, change: { action: 'update', summary, reason: reasons.join(', ') } };
  },
  apply: (resource) => [
    {
      do: 'call',
      title: `set labels and taints of node ${resource.name}`,
      run: async (tools) => {
        const api = await tools.api();
        const node = await waitUntil({
          what: `node ${resource.name} to register`,
          timeoutSeconds: REGISTER_TIMEOUT_SECONDS,
          progress: tools.progress,
          signal: tools.signal,
          intervalMs: 150,
          look: lookForNode(api, resource, tools),
          hint: `Look at its kubelet: journalctl -u kubelet on ${resource.name}.`,
        });
        if (labelReasons(resource, node).length > 0 || taintReasons(resource, node).length > 0)
          await write(api, resource);
        if (wasToLeave(node)) await uncordonOurs(api, resource.name);
      },
    },
  ],
};

/** Looks for a node; where it stays away, now and then for a kubelet that will not register it by itself. */
function lookForNode(api: ClusterApi, resource: ClusterNodeResource, tools: Tools): () => Promise<Look<KubeObject>> {
  const wait = ASK_AGE_SECONDS * 1000;
  // Mostly it is there in a moment.
  let ask = performance.now() + wait / 2;
  return async () => {
    try {
      const node = await api.get(refTo(resource.name));
      if (node !== undefined) return { done: true, value: node };
      if (performance.now() >= ask) {
        await registerAgain(api, resource, tools);
        ask = performance.now() + wait;
      }
      return { done: false, missing: 'its kubelet has not registered it' };
    } catch (thrown) {
      if (!isOutage(thrown)) throw thrown;
      return { done: false, missing: 'the API server does not answer' };
    }
  };
}

/**
 * Where the kubelet has had the time to register its node, somebody deleted it: the kubelet is started again. The pods that were there are
 * ended, as the cluster does it after a minute (podgc): the new node has another range of addresses, and its pod network has to begin anew.
 */
async function registerAgain(api: ClusterApi, { name, podNetwork }: ClusterNodeResource, tools: Tools): Promise<void> {
  const pods = (await podsOn(api, name)).filter((pod) => !isStatic(pod));
  const made = podNetwork === undefined ? [] : [podNetwork.bridge, ...podNetwork.files];
  const { stdout } = await tools.host.run(sh(RESTART, { args: [String(REGISTERED_SECONDS), ...made] }), {
    // All pods of a full node are stopped.
    timeoutSeconds: 300,
    change: `register node ${name} again`,
  });
  if (!stdout.includes('restarted')) return;
  tools.progress(`somebody deleted node ${name}: its kubelet, started again, registers it, and its pods are made anew`);
  await Promise.all(pods.map((pod) => kill(api, pod)));
}

/** Labels by server-side apply (which also takes away those kinit set before), taints by reading, changing and writing under the version read. */
async function write(api: ClusterApi, resource: ClusterNodeResource): Promise<void> {
  await api.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: resource.name, labels: resource.labels } });
  for (let attempt = 0; ; attempt++) {
    const node = await api.get(refTo(resource.name));
    if (node === undefined) return;
    const taints = wantedTaints(resource, node);
    const ours = resource.taints.map(taintText).join(',');
    if (isDeepStrictEqual(taints, liveTaints(node)) && ours === ourTaints(node).join(',')) return;
    const path = `/api/v1/nodes/${encodeURIComponent(resource.name)}`;
    const patch = {
      metadata: {
        resourceVersion: node.metadata['resourceVersion'],
        annotations: { [OUR_TAINTS]: ours === '' ? null : ours },
      },
      spec: { taints },
    };
    const response = await api.request('PATCH', path, patch, 'application/merge-patch+json');
    if (response.status === 200) return;
    if (response.status !== 409 || attempt >= MAX_CONFLICTS)
      throw refused(`set the taints of node ${resource.name}`, `PATCH ${path}`, response);
    await pause(50 * (attempt + 1));
  }
}

function labelReasons(resource: ClusterNodeResource, node: KubeObject): string[] {
  const live = node.metadata.labels ?? {};
  const wrong = Object.entries(resource.labels).filter(([key, value]) => live[key] !== value);
  const stale = labelsSetByKinit(node).filter((key) => !(key in resource.labels));
  return [
    ...wrong.map(
      ([key, value]) => `label ${key} is ${live[key] === undefined ? 'missing' : `"${live[key]}", not "${value}"`}`,
    ),
    ...stale.map((key) => `label ${key} is no longer wanted`),
  ];
}

/** Label keys that the API server remembers as applied by kinit. */
function labelsSetByKinit(node: KubeObject): string[] {
  const mine = list(node, 'metadata', 'managedFields').find(
    (entry) => text(entry, 'manager') === 'kinit' && text(entry, 'operation') === 'Apply',
  );
  return Object.keys(record(mine, 'fieldsV1', 'f:metadata', 'f:labels')).map((key) => key.replace(/^f:/, ''));
}

function taintReasons(resource: ClusterNodeResource, node: KubeObject): string[] {
  const live = liveTaints(node).map(taintText);
  const wanted = wantedTaints(resource, node).map(taintText);
  return [
    ...wanted.filter((taint) => !live.includes(taint)).map((taint) => `taint ${taint} is missing`),
    ...live.filter((taint) => !wanted.includes(taint)).map((taint) => `taint ${taint} is not wanted`),
  ];
}

/** Others' taints in their order (a cloud's, a cordon's, the lifecycle controller's), then ours. A taint is known by key and effect. */
function wantedTaints(resource: ClusterNodeResource, node: KubeObject): Taint[] {
  const gone = new Set([
    ...ourTaints(node).map((taint) => identity(parseTaint(taint))),
    ...resource.taints.map(identity),
  ]);
  const ours = resource.taints.map(
    ({ key, value, effect }): Taint => ({ key, ...(value === undefined || value === '' ? {} : { value }), effect }),
  );
  const live = liveTaints(node);
  // A taint that is right already keeps its place, so that order alone is never a difference.
  const kept = live.filter(
    (taint) => !gone.has(identity(taint)) || ours.some((wanted) => taintText(wanted) === taintText(taint)),
  );
  return [...kept, ...ours.filter((wanted) => !kept.some((taint) => identity(taint) === identity(wanted)))];
}

function liveTaints(node: KubeObject): Taint[] {
  return list(node, 'spec', 'taints') as Taint[];
}

function ourTaints(node: KubeObject): string[] {
  return (node.metadata.annotations?.[OUR_TAINTS] ?? '').split(',').filter((taint) => taint !== '');
}

/** kubectl's notation: key=value:effect or key:effect. */
function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;
}

function parseTaint(taint: string): Pick<Taint, 'key' | 'effect'> {
  const [left = '', effect = ''] = taint.split(':');
  return { key: left.split('=')[0] ?? '', effect: effect as Taint['effect'] };
}

const identity = ({ key, effect }: Pick<Taint, 'key' | 'effect'>): string => `${key}:${effect}`;
const refTo = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name });
