import { pause, throwIfStopped } from '../../cluster/api/until.js';
import type { ClusterApi } from '../../model/api.js';
import { killPoint } from '../change/kill-point.js';
import { passOver } from '../moves/work.js';
import type { Upgrade } from './upgrade.js';
import { mustBeWell } from './must-be-well.js';
import { nodesSeen, type SeenNode } from '../drain/nodes-seen.js';
import { AT_THE_END, RECORD } from './steps.js';

/** Seconds in which a node counts as Ready again that was not while no API server answered: its lease, and the controller's next look. */
const BACK_SECONDS = 60;

/**
 * What is once in the cluster: configuration, kube-proxy, DNS, the pod network. kube-proxy is never newer than an API server, and
 * may be up to three minor versions newer or older than the kubelet beside it (kubernetes.io/releases/version-skew-policy).
 */
export async function upgradeCluster(upgrade: Upgrade): Promise<void> {
  const { work, controlPlanes, from } = upgrade;
  const leader = work.prepared.shared.leader.spec.name;
  const { phases } = work.run;
  const first = phases.findIndex(({ id }) => id === RECORD);
  const join = phases.findIndex(({ id }) => id === 'join');
  const shared = phases.filter(
    ({ id, alsoOnOthers }, index) =>
      id === 'cluster-config' || (index > first && index < join && alsoOnOthers !== true && !AT_THE_END.includes(id)),
  );
  if (controlPlanes.length === 0) return;
  mustBeWell(await passOver(shared, [leader], work, { upgradesFrom: from }), work);
  await clusterWorks(upgrade, await stillIll(upgrade));
  killPoint('cluster-wide');
}

/**
 * What was changed has rolled out, and DNS and Services answer: before nodes are emptied, and at the end.
 * @param without nodes that are not asked
 */
export async function clusterWorks({ work, from }: Upgrade, without: readonly string[] = []): Promise<void> {
  const leader = work.prepared.shared.leader.spec.name;
  const phases = work.run.phases.filter(({ id }) => AT_THE_END.includes(id));
  const live = work.live.filter(({ spec }) => !without.includes(spec.name));
  mustBeWell(await passOver(phases, [leader], { ...work, live }, { upgradesFrom: from }), work);
}

/**
 * Nodes that have their kubelet's turn before them and do not come back by themselves: an earlier run may have been cut, or have failed,
 * in the middle of that turn. It is what mends them, so nothing waits for them before it.
 */
async function stillIll({ work, nodes }: Upgrade): Promise<readonly string[]> {
  const { emit, signal } = work.run;
  const leader = work.prepared.shared.leader.spec.name;
  const late = nodes.filter((name) => name !== leader);
  const ill = await illAfter(await work.prepared.access.api(), late, { seconds: BACK_SECONDS, signal });
  for (const { name, trouble } of ill)
    emit({ type: 'warning', host: name, text: `${trouble.join('; ')}. It is not waited for: its turn comes` });
  return ill.map(({ name }) => name);
}

/** Those of these nodes that take no pods, after all the time that they have to come back. */
export async function illAfter(
  api: ClusterApi,
  names: readonly string[],
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<readonly SeenNode[]> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    throwIfStopped(signal, 'nodes to be Ready');
    const ill = (await nodesSeen(api)).filter(({ name, trouble }) => names.includes(name) && trouble.length > 0);
    if (ill.length === 0 || performance.now() >= end) return ill;
    await pause(Math.min(1000, Math.max(end - performance.now(), 1)), signal);
  }
}
