import type { ChangeSummary } from '../../model/change.js';
import { runHosts } from '../run/hosts.js';
import type { HostsOutcome } from '../run/outcome.js';
import { toBeDrained } from '../drain/foresee.js';
import type { Upgrade } from './upgrade.js';
import { DRAIN, SNAPSHOT, UNCORDON } from './steps.js';

/** What would be done on each host, in the order of its steps. */
export async function planUpgrade({
  work,
  from,
  to,
  begun,
  controlPlanes,
  nodes,
  seen,
}: Upgrade): Promise<HostsOutcome> {
  const { run, prepared } = work;
  const tell = (host: string, { id: phase }: { readonly id: string }, change: ChangeSummary): void =>
    run.emit({ type: 'change-planned', host, phase, change });
  const node = (name: string): string => `clusterNode:${name}`;
  const [leader = ''] = controlPlanes;
  if (!begun)
    tell(leader, SNAPSHOT, {
      resource: 'snapshot',
      action: 'run',
      summary: 'copy the data of the cluster to this machine',
      reason: 'the way back',
    });
  const drains = toBeDrained(nodes, seen, 'upgrade', run.emit);
  for (const name of drains)
    tell(name, DRAIN, {
      resource: node(name),
      action: 'run',
      summary: `cordon and drain node ${name}`,
      reason: `its kubelet goes from ${from} to ${to}; before all below, but for a control plane's own parts`,
    });
  const selected = new Set([...controlPlanes, ...nodes]);
  const { timings, failures } = await runHosts({ ...run, selected }, prepared.artifacts);
  for (const name of drains)
    tell(name, UNCORDON, {
      resource: node(name),
      action: 'run',
      summary: `uncordon node ${name}`,
      reason: 'once it is Ready with the later kubelet, and where it was not cordoned before',
    });
  return { timings, failures };
}
