import type { ChangeSummary } from '../../model/change.js';
import { runtimeOf } from '../../runtime/index.js';
import type { RuntimeChange } from '../guard/index.js';
import { runHosts } from '../run/hosts.js';
import type { HostsOutcome } from '../run/outcome.js';
import { DRAIN, TAKE_AWAY, UNCORDON } from './node.js';
import { whatGoes } from './take-away.js';
import { contextOf, hostOf, type Work } from '../moves/work.js';

/** What would be done on each node, in the order of its steps. @param drains nodes that are to be drained */
export async function planChanges(
  queue: readonly RuntimeChange[],
  drains: readonly string[],
  work: Work,
): Promise<HostsOutcome> {
  const { run, prepared } = work;
  const wanted = runtimeOf(run.inventory.spec);
  const tell = (host: string, { id: phase }: { readonly id: string }, change: ChangeSummary): void =>
    run.emit({ type: 'change-planned', host, phase, change });
  for (const { node, from, begun } of queue) {
    const resource = `clusterNode:${node}`;
    const reason = begun === undefined ? `${node} runs with ${from}` : `a run was cut in its change from ${from}`;
    if (drains.includes(node))
      tell(node, DRAIN, { resource, action: 'run', summary: `cordon and drain node ${node}`, reason });
    const { retired } = await whatGoes(hostOf(node, work), contextOf(node, work), run.phases);
    for (const { id } of retired)
      tell(node, TAKE_AWAY, {
        resource: id,
        action: 'delete',
        summary: `take ${id} away, as reset would`,
        reason: `nothing of ${wanted.title} needs it`,
      });
  }
  const selected = new Set(queue.map(({ node }) => node));
  const outcome = await runHosts({ ...run, selected }, prepared.artifacts);
  for (const { node } of queue)
    tell(node, UNCORDON, {
      resource: `clusterNode:${node}`,
      action: 'run',
      summary: `uncordon node ${node}`,
      reason: 'once it is Ready with the new runtime, and where it was not cordoned before',
    });
  return { timings: outcome.timings, failures: outcome.failures };
}
