import { isCordonedByUs, type CordonReason } from '../../cluster/node/cordon.js';
import { drainGently } from '../../cluster/node/drain-gently.js';
import type { EvictOptions } from '../../cluster/node/evict.js';
import type { ClusterApi } from '../../model/api.js';
import { nodesSeen, notDrained } from './nodes-seen.js';

/** As long as a pod may take to be made anew elsewhere, and more: five minutes. */
export const DRAIN_SECONDS = 300;

type Warn = (text: string) => void;

interface NodeDrain extends EvictOptions {
  readonly why: CordonReason;
  /** Nodes that leave their pods at the same time. */
  readonly busy?: readonly string[];
  readonly warn: Warn;
}

/**
 * Empties a node before it is changed, whatever the change is. One whose pods could go nowhere now is left with them, and that is told; so is
 * one that nobody would end pods on. Others may have had their turns since the run began: it is looked at now. False: it was left.
 * @throws KinitError timeout where it does not get empty; it takes pods again then
 */
export async function drainNode(
  api: ClusterApi,
  node: string,
  { why, busy = [], warn, ...options }: NodeDrain,
): Promise<boolean> {
  const left = notDrained(node, why, await nodesSeen(api), busy);
  if (left !== undefined) {
    warn(left);
    return false;
  }
  await drainGently(api, node, { why, ...options });
  return true;
}

/**
 * Says of a node whose change failed that no pods are put on it meanwhile, where that is so: it is not known what would become of them.
 * @param drained in this run: told also where no API server answers
 */
export async function tellCordon(
  api: () => Promise<ClusterApi>,
  node: string,
  { drained, warn }: { readonly drained: boolean; readonly warn: Warn },
): Promise<void> {
  const ours = async (): Promise<boolean> => {
    const there = await (await api()).get({ apiVersion: 'v1', kind: 'Node', name: node });
    return there !== undefined && isCordonedByUs(there);
  };
  if (await ours().catch(() => drained))
    warn('it stays cordoned until its change is through: run the same command again');
}
