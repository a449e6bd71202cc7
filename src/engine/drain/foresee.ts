import type { CordonReason } from '../../cluster/node/cordon.js';
import type { ClusterApi } from '../../model/api.js';
import type { Emit } from '../../model/event.js';
import { blockers, type Drained } from './blockers.js';
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

/** A warning is read on a screen: of more names than these it has the number. The event has all. */
const MOST = 4;

/** @param nodes that are drained; absent: any */
export async function tellBlockers(
  api: ClusterApi,
  emit: Emit,
  drained: Drained = 'stay',
  nodes?: readonly string[],
): Promise<void> {
  for (const { what, names } of await blockers(api, drained, nodes)) {
    const more = names.length - MOST;
    const shown = `${names.slice(0, MOST).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
    emit({ type: 'warning', text: `${what}: ${shown}`, names });
  }
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
