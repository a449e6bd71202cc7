import { asKinitError, KinitError } from '../../model/error.js';
import { runtimeOf } from '../../runtime/index.js';
import { DRAIN_SECONDS } from '../drain/node.js';
import { foreseeDrains } from '../drain/foresee.js';
import type { RuntimeChange } from '../guard/index.js';
import type { HostsOutcome } from '../run/outcome.js';
import type { HostsRun } from '../run/pass.js';
import { requireOtherControlPlanes } from '../session/leader.js';
import { changeNode } from './node.js';
import { planChanges } from './plan.js';
import { queueOf } from './queue.js';
import { begin, type Work } from '../moves/work.js';

/**
 * Brings nodes from another runtime to the inventory's, one after the other; the first that fails ends it. A dry run says what
 * that would be.
 */
export async function changeRuntimes(
  run: HostsRun,
  { drainSeconds = DRAIN_SECONDS }: { readonly drainSeconds?: number },
): Promise<HostsOutcome> {
  const queue = queueOf(run);
  if (queue.length === 0) return { timings: [], failures: new Map() };
  mustAnswer(queue, run);
  const work = await begin(run, drainSeconds);
  try {
    const drains = await foreseen(queue, work);
    if (run.dryRun) return await planChanges(queue, drains, work);
    for (const [index, change] of queue.entries()) {
      if (await changed(change, work)) continue;
      for (const { node } of queue.slice(index + 1)) work.failures.set(node, notStarted(node, change.node));
      break;
    }
    const { timings, failures } = work;
    return { timings, failures };
  } finally {
    work.prepared.access.close();
  }
}

/** Nodes that are to be drained; what may be in the way is told. */
async function foreseen(queue: readonly RuntimeChange[], { run, prepared }: Work): Promise<readonly string[]> {
  const nodes = queue.filter(({ begun }) => begun?.step !== 'change').map(({ node }) => node);
  if (nodes.length === 0 || !run.known.open) return nodes;
  return foreseeDrains(await prepared.access.api(), nodes, 'runtime', run.emit);
}

async function changed(change: RuntimeChange, work: Work): Promise<boolean> {
  const { node } = change;
  try {
    requireOtherControlPlanes(node, work.run.inventory.spec, work.run.live);
    await changeNode(change, work);
    return true;
  } catch (thrown) {
    if (!work.failures.has(node)) work.failures.set(node, asKinitError(thrown).at({ host: node }));
    return false;
  }
}

/** Nodes are drained through the API, but for one in whose change a run was cut: it may be what the API ran on. */
function mustAnswer([first]: readonly RuntimeChange[], { known, inventory: { spec } }: HostsRun): void {
  if (known.open || first?.begun?.step === 'change') return;
  throw new KinitError('no API server answers; nothing was changed', {
    class: 'access',
    tried: `draining ${first?.node ?? ''} before its runtime becomes ${runtimeOf(spec).title}`,
    found: 'the control plane is set up and does not accept connections',
    hint: `Set runtime.name: ${first?.from ?? ''}, mend it with kinit init (kinit doctor looks for the cause), then change the runtime.`,
  });
}

function notStarted(node: string, failed: string): KinitError {
  return new KinitError(`not started: ${failed} is not through, and nodes are changed one at a time`, {
    class: 'partial',
    host: node,
    hint: `Mend ${failed}, then run the same command again.`,
  });
}
