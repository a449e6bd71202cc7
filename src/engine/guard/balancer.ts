import { balanced } from '../../control-plane/index.js';
import { guardedOptions } from '../../inventory/guarded.js';
import type { LoadedInventory, Spec } from '../../model/spec.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';

const CHOICE = 'apiServer.balancer';
const PORT = 'apiServer.balancerPort';

/** The inventory with the balancer that the cluster has, where it leaves that to kinit: nodes that were led to it stay there. */
export function withKnownBalancer(inventory: LoadedInventory, known: KnownCluster): LoadedInventory {
  const stays = hasBalancer(known) && inventory.spec.apiServer.balancer === 'auto';
  return stays ? { ...inventory, spec: balanced(inventory.spec) } : inventory;
}

/** A balancer that would be taken away, or get another port, under nodes that reach the API through it. */
export function changedBalancer({ apiServer }: Spec, known: KnownCluster): Refusal[] {
  if (!hasBalancer(known)) return [];
  const port = String(apiServer.balancerPort);
  const there = known.options[PORT] ?? port;
  return [
    ...(apiServer.balancer === 'none' ? [refusal(CHOICE, 'local', 'none')] : []),
    ...(there === port ? [] : [refusal(PORT, there, port)]),
  ];
}

/** Nodes were led to it. */
export function hasBalancer({ options }: Pick<KnownCluster, 'options'>): boolean {
  return options[CHOICE] === 'local';
}

function refusal(option: string, there: string, wanted: string): Refusal {
  const { why = '', way = '' } = guardedOptions().find(({ path }) => path === option) ?? {};
  return { option, there, wanted, why, todo: `Set ${option}: ${there}. ${way}` };
}
