import type { CordonReason } from '../../cluster/node/cordon.js';
import type { ClusterApi } from '../../model/api.js';
import type { Emit } from '../../model/event.js';
import { blockers } from './blockers.js';
import { inTheirTurns, nodesSeen, notDrained, type SeenNode } from './nodes-seen.js';

/**
 * Before the first of several nodes is touched: what may hold their drains up, or is lost or stays behind in one, and which of them are left with
 * their pods. Gives those that are to be drained.
 */
export async function foreseeDrains(
  api: ClusterApi,
  nodes: readonly string[],
  why: CordonReason,
  emit: Emit,
): Promise<readonly string[]> {
  const drains = toBeDrained(nodes, await nodesSeen(api), why, emit);
  if (drains.length > 0) await tellBlockers(api, emit);
  return drains;
}

export async function tellBlockers(api: ClusterApi, emit: Emit): Promise<void> {
  for (const text of await blockers(api)) emit({ type: 'warning', text });
}

/** Those of these nodes that are to be drained in their turns. Of the others it is told why they are not. */
export function toBeDrained(
  nodes: readonly string[],
  seen: readonly SeenNode[],
  why: CordonReason,
  emit: Emit,
): readonly string[] {
  const then = inTheirTurns(seen);
  return nodes.filter((host) => {
    const text = notDrained(host, why, then);
    if (text !== undefined) emit({ type: 'warning', host, text });
    return text === undefined;
  });
}
