import type { ClusterApi, KubeObject } from '../../model/api.js';
import { unreachable } from '../../model/error.js';
import type { Node } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { isOutage } from '../api/errors.js';
import { list, text } from '../api/json.js';
import { type Look, patiently, waitUntil } from '../api/until.js';
import { isReady } from '../why/pods.js';
import { nodeTrouble } from './api.js';
import { kubeletBegan } from './kubelet.js';

/** Seconds until a node is Ready with what it was given: where it is the only control plane, its API server may be away meanwhile. */
const TIMEOUT = 180;

/** Between a new node's object and its first condition: the one is dated by an API server, the other by the node. */
const NEW_MS = 5000;

/**
 * Waits until a node of a running cluster, on which something was started anew, is Ready with it: its kubelet has said so since it was started.
 * Nothing is waited for where no API server answers, or where the node was not Ready before this run, or never (its first run was cut): that may
 * be for a phase to come to mend, as the network's.
 * @param first for a node that was Ready: what its kubelet sees only later
 */
export async function waitForOwnNode(
  { spec: { name }, facts }: Pick<Node, 'spec' | 'facts'>,
  tools: Tools,
  first: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const begun = tools.begun.getTime() + facts.clockOffsetMs;
  const before = await nodeNow(tools, name);
  if (before === undefined || wasIll(before, begun)) return;
  await first();
  const since = await kubeletBegan(tools.host);
  await waitUntil({
    what: `node ${name} to be Ready again`,
    timeoutSeconds: TIMEOUT,
    intervalMs: 500,
    progress: tools.progress,
    signal: tools.signal,
    look: () => patiently(async () => lookAt(name, await get(await tools.api(), name), { begun, since })),
    hint: `Look at it: kubectl describe node ${name}, journalctl -u kubelet on ${name}. Nodes behind it were not touched.`,
  });
}

/** undefined where no API server answers, or it knows no such node. */
async function nodeNow({ api }: Tools, name: string): Promise<KubeObject | undefined> {
  try {
    return await get(await api(), name);
  } catch (thrown) {
    if (!isOutage(thrown) && unreachable(thrown) !== 'cluster') throw thrown;
    return undefined;
  }
}

const get = (api: ClusterApi, name: string): Promise<KubeObject | undefined> =>
  api.get({ apiVersion: 'v1', kind: 'Node', name });

interface Times {
  /** When this run began, and its kubelet was started: milliseconds since 1970, by the clock of the host. */
  readonly begun: number;
  readonly since: number;
}

function lookAt(name: string, node: KubeObject | undefined, { begun, since }: Times): Look<undefined> {
  if (node !== undefined && wasIll(node, begun)) return { done: true, value: undefined };
  // Taints that the cluster lifts by itself are a matter of its controllers, whose phase may be to come.
  if (node === undefined || !isReady(node)) return { done: false, missing: nodeTrouble(name, node).join('\n') };
  // It writes whole seconds.
  const said = timeOf(node, 'lastHeartbeatTime');
  return said >= Math.floor(since / 1000) * 1000
    ? { done: true, value: undefined }
    : { done: false, missing: `the kubelet of ${name} has not reported since it was started` };
}

/** Not Ready since before the run, or since it exists. */
function wasIll(node: KubeObject, begun: number): boolean {
  if (isReady(node)) return false;
  const since = timeOf(node, 'lastTransitionTime');
  return Number.isNaN(since) || since < begun || since <= Date.parse(created(node)) + NEW_MS;
}

const created = (node: KubeObject): string => text(node, 'metadata', 'creationTimestamp') ?? '';

/** Of its condition Ready, in milliseconds since 1970, by the clock of its host; NaN: it has none. */
function timeOf(node: KubeObject | undefined, time: 'lastHeartbeatTime' | 'lastTransitionTime'): number {
  const ready = list(node, 'status', 'conditions').find((each) => text(each, 'type') === 'Ready');
  return Date.parse(text(ready, time) ?? '');
}
