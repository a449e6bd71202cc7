import type { HostFacts } from '../model/facts.js';
import type { Node } from '../model/phase.js';
import type { HostSpec, Spec } from '../model/spec.js';
import { clusterAuthorities, leftoverHost } from './host.js';
import type { FoundLeftover } from './found.js';
import { asStranger } from './settle.js';
import { LEFTOVERS } from './table.js';

export { ownerAndAge, type FoundLeftover } from './found.js';
export { settledFacts } from './settle.js';
export { LEFTOVERS, leftoverLooks } from './table.js';

type Seen = Pick<Node, 'spec' | 'facts' | 'isControlPlane'>;

/** What every host carries that is not this cluster's, by host name. @param userCa PEM of the inventory's own authority */
export function leftoversOf(
  nodes: readonly Seen[],
  spec: Spec,
  userCa?: string,
): ReadonlyMap<string, readonly FoundLeftover[]> {
  const authorities = clusterAuthorities(nodes, spec, userCa);
  return new Map(nodes.map((node) => [node.spec.name, foundOn(node, spec, authorities)]));
}

/** The same of one host. @param nodes all of them: some know whose cluster this is */
export function leftoversOn(node: Seen, nodes: readonly Seen[], spec: Spec, userCa?: string): readonly FoundLeftover[] {
  return foundOn(node, spec, clusterAuthorities(nodes, spec, userCa));
}

function foundOn(node: Seen, spec: Spec, authorities: ReturnType<typeof clusterAuthorities>): FoundLeftover[] {
  const host = leftoverHost(node, spec, authorities);
  if (host === undefined) return [];
  const found = LEFTOVERS.flatMap((row) => row.find(host).map((leftover) => ({ ...leftover, row })));
  return found.map((leftover) => ({
    ...leftover,
    harmful: leftover.severity === 'error',
    // A cluster that runs with it runs: it is told, and no reason to stop.
    severity: host.mine ? (leftover.running ?? 'warning') : leftover.severity,
    setAside: sideOf(spec, node.spec) ? leftover.aside : undefined,
  }));
}

/** Workers that are nodes of another cluster, by name, with the facts of a fresh host. */
export function strangersOf(nodes: readonly Seen[], spec: Spec, userCa?: string): ReadonlyMap<string, HostFacts> {
  const authorities = clusterAuthorities(nodes, spec, userCa);
  const strangers = nodes.filter(
    (node) => !node.isControlPlane && leftoverHost(node, spec, authorities)?.mine === false,
  );
  return new Map(strangers.map((node) => [node.spec.name, asStranger(node.facts)]));
}

function sideOf(spec: Spec, host: HostSpec): boolean {
  return (host.leftovers ?? spec.leftovers) === 'set-aside';
}
export { kubeletRuntime, OTHER_RUNTIME } from './rows/runtimes.js';
