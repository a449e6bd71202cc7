import { isMember } from '../../model/facts.js';
import type { CheckResult } from '../../model/check.js';
import { groupBy, oncePer } from '../../model/once.js';
import type { Node } from '../../model/phase.js';
import type { Check, CheckContext } from '../check.js';
import type { ReachabilityResult } from './results.js';

/** One result per port that this host needs on others, over all those others. */
export const reachabilityChecks: Check = (node, context) => {
  const own = bySender(context.reachability ?? NONE).get(node.spec.name) ?? [];
  const groups = groupBy(own, ({ protocol, port }) => [`${protocol} ${String(port)}`]);
  return [...groups.values()].map((results) => groupCheck(results, context));
};

const NONE: readonly ReachabilityResult[] = [];
const bySender = oncePer((results: readonly ReachabilityResult[]) => groupBy(results, ({ from }) => [from]));
const byName = oncePer((nodes: readonly Node[]) => new Map(nodes.map((node) => [node.spec.name, node])));

function groupCheck(results: readonly ReachabilityResult[], context: CheckContext): CheckResult {
  const [first] = results;
  const { protocol = 'tcp', port = 0, purpose = '' } = first ?? {};
  const base = {
    name: `reach-${String(port)}${protocol === 'udp' ? '-udp' : ''}`,
    title: `${purpose} of other hosts (${protocol} ${String(port)})`,
    minimum: 'reached',
  };
  const blocked = results.filter(({ outcome }) => outcome !== 'reached' && outcome !== 'skipped');
  // The tunnel's port of a node that works is in use by the kernel and cannot be tried.
  const skipped = results.filter((result) => result.outcome === 'skipped' && !isJoined(result.to, context));
  const elsewhere = blocked.filter(({ outcome }) => outcome === 'elsewhere');
  if (elsewhere.length > 0)
    return {
      ...base,
      status: 'error',
      found: elsewhere.map(({ to, address, reason }) => `${to} (${address}): ${reason ?? ''} answers there`).join(', '),
      hint: `The address of ${names(elsewhere)} leads to another machine from here. Set internalAddress: in the inventory to one that is its alone, or take the address from the other machine.`,
    };
  if (blocked.length > 0) {
    const found = blocked.map((result) => `${result.to} (${result.address}): ${OUTCOMES[result.outcome]}`).join(', ');
    const handled = blocked.every((result) => firewallIsOurs(result, context));
    return handled
      ? {
          ...base,
          status: 'warning',
          found,
          hint: `The firewall of ${names(blocked)} is active; kinit ${context.spec.firewall === 'off' ? 'turns it off' : 'opens the ports of the cluster'} (firewall: ${context.spec.firewall}).`,
        }
      : {
          ...base,
          status: 'error',
          found,
          hint: `Open ${protocol} port ${String(port)} from ${first?.from ?? ''} to ${names(blocked)}: a firewall on the way, a security group, or internalAddress in the inventory is wrong.`,
        };
  }
  if (skipped.length > 0)
    return {
      ...base,
      status: 'warning',
      found: `not known: ${[...new Set(skipped.map(({ reason }) => reason ?? 'no answer'))].join(', ')}`,
      hint: 'This could not be tried; make sure that no firewall is in between.',
    };
  const reached = results.filter(({ outcome }) => outcome === 'reached');
  return {
    ...base,
    status: 'ok',
    found: reached.length === 0 ? 'in use by the cluster already' : `reaches ${names(reached)}`,
  };
}

const OUTCOMES: Readonly<Record<ReachabilityResult['outcome'], string>> = {
  reached: 'reached',
  timeout: 'no answer',
  refused: 'rejected',
  unreachable: 'no route',
  elsewhere: 'another machine answers',
  skipped: 'not tried',
};

/** A firewall service on either side that kinit will see to anyway. */
function firewallIsOurs(result: ReachabilityResult, { spec, nodes }: CheckContext): boolean {
  const active = (name: string): boolean => (byName(nodes).get(name)?.facts.firewalls ?? []).length > 0;
  return spec.firewall !== 'keep' && (active(result.to) || active(result.from));
}

function isJoined(name: string, { nodes }: CheckContext): boolean {
  const node = byName(nodes).get(name);
  return node !== undefined && isMember(node.facts);
}

function names(results: readonly ReachabilityResult[]): string {
  return results.map(({ to }) => to).join(', ');
}
