import { forgetInRecord, recordInCluster } from '../../cluster/record/forget.js';
import { removeStaleNode } from '../../cluster/node/stale.js';
import type { ClusterApi } from '../../model/api.js';
import { asKinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';

/**
 * Takes the control planes that are no hosts of the inventory out of the record and of the cluster: every control plane has the data that were
 * restored now, so those have no part in it, and there is no member of theirs that a reset could take out. Gives their names.
 * One whose machine still reports as a node stays a node, and is told.
 */
export async function forgetGone(
  api: ClusterApi,
  hosts: readonly { readonly name: string }[],
  { host, emit, signal }: { readonly host: string; readonly emit: Emit; readonly signal: AbortSignal },
): Promise<string[]> {
  const { nodes = {}, datastore } = (await recordInCluster(api, host)) ?? {};
  const recorded = Object.keys(nodes).filter((name) => nodes[name]?.controlPlane === true);
  const names = new Set([...recorded, ...Object.keys(datastore?.members ?? {})]);
  for (const { name } of hosts) names.delete(name);
  const gone = [...names].sort();
  for (const name of gone) {
    await forgetInRecord(api, name);
    const progress = (text: string): void => emit({ type: 'progress', host, text });
    await removeStaleNode(api, name, { progress, signal }).catch((thrown: unknown) => {
      signal.throwIfAborted();
      const { message } = asKinitError(thrown);
      emit({ type: 'warning', host, text: `${name} is no host of the inventory, and stays a node: ${message}` });
    });
  }
  return gone;
}
