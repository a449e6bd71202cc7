import { isControlPlane } from '../../model/spec.js';
import { runtimeChanges, type RuntimeChange } from '../guard/index.js';
import type { HostsRun } from '../run/pass.js';

/**
 * The nodes whose runtime is changed, in their order: those in whose change a run was cut, for they are away; then workers,
 * then control planes, so that what may go wrong goes wrong where it costs least. Each in the inventory's order.
 */
export function queueOf({
  inventory,
  known,
  live,
  selected,
}: Pick<HostsRun, 'inventory' | 'known' | 'live' | 'selected'>): RuntimeChange[] {
  const rank = ({ node, begun }: RuntimeChange): number => {
    if (begun !== undefined) return 0;
    const host = live.find(({ spec }) => spec.name === node);
    return host !== undefined && isControlPlane(host.spec) ? 2 : 1;
  };
  // Sorting keeps the order of equals.
  return runtimeChanges(inventory.spec, known, live, selected).sort((a, b) => rank(a) - rank(b));
}
