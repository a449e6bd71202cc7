import type { ClusterApi, KubeObject } from '../../model/api.js';
import { refused } from '../api/errors.js';
import { field } from '../api/json.js';

/** Why kinit keeps pods off a node for a while. */
export type CordonReason = 'reboot' | 'runtime' | 'upgrade';

/** On a node that kinit has cordoned for a while, and takes back itself: a person's cordon stays. */
const OURS = 'kinit/cordoned';

/** Of a node that is to leave the cluster, and has not yet. */
const LEAVES = 'reset';

/**
 * Keeps new pods off a node; marked in one write, where it was not cordoned already. Gives it as it is then; undefined where there is none.
 * @param why for people who look at it
 */
export async function cordonForAWhile(
  api: ClusterApi,
  node: string,
  why: CordonReason | typeof LEAVES,
): Promise<KubeObject | undefined> {
  const there = await api.get({ apiVersion: 'v1', kind: 'Node', name: node });
  if (there === undefined || field(there, 'spec', 'unschedulable') === true) return there;
  const marked = { metadata: { annotations: { [OURS]: why } }, spec: { unschedulable: true } };
  return change(api, node, 'cordon', marked);
}

/** Whether kinit keeps pods off a node, for a while. */
export function isCordonedByUs(node: KubeObject): boolean {
  return node.metadata.annotations?.[OURS] !== undefined;
}

/** Whether a reset kept pods off a node, and was cut before the node was gone: where kinit works on it as a node, it stays one. */
export function wasToLeave(node: KubeObject): boolean {
  return node.metadata.annotations?.[OURS] === LEAVES;
}

/** Lets pods onto a node again, where kinit had cordoned it. False where it had not, or there is no such node. */
export async function uncordonOurs(api: ClusterApi, node: string): Promise<boolean> {
  const there = await api.get({ apiVersion: 'v1', kind: 'Node', name: node });
  if (there === undefined || !isCordonedByUs(there)) return false;
  const unmarked = { metadata: { annotations: { [OURS]: null } }, spec: { unschedulable: null } };
  return (await change(api, node, 'uncordon', unmarked)) !== undefined;
}

async function change(api: ClusterApi, node: string, what: string, patch: unknown): Promise<KubeObject | undefined> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  const response = await api.request('PATCH', path, patch, 'application/merge-patch+json');
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw refused(`${what} node ${node}`, `PATCH ${path}`, response);
  return response.body as KubeObject;
}
