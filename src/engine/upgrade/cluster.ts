import { killPoint } from '../change/kill-point.js';
import { passOver } from '../moves/work.js';
import type { Upgrade } from './upgrade.js';
import { mustBeWell } from './must-be-well.js';
import { AT_THE_END, RECORD } from './steps.js';

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
  await clusterWorks(upgrade);
  killPoint('cluster-wide');
}

/** What was changed has rolled out, and DNS and Services answer: before nodes are emptied, and at the end. */
export async function clusterWorks({ work, from }: Upgrade): Promise<void> {
  const leader = work.prepared.shared.leader.spec.name;
  const phases = work.run.phases.filter(({ id }) => AT_THE_END.includes(id));
  mustBeWell(await passOver(phases, [leader], work, { upgradesFrom: from }), work);
}
