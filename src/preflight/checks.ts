import type { CheckResult } from '../model/check.js';
import type { Node } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import type { Check, CheckContext } from './check.js';
import { clock } from './clock-check.js';
import { identity } from './identity.js';
import { cgroup, features, kernel } from './kernel.js';
import { leftovers } from './leftovers.js';
import { ports } from './ports.js';
import { reachabilityChecks } from './reachability-checks.js';
import type { ReachabilityResult } from './reachability.js';
import { cpu, disk, memory } from './size.js';
import { architecture, firewall, initSystem, operatingSystem, packageLock, swap } from './system.js';

/** All checks, in the order they are shown. */
const CHECKS: readonly Check[] = [
  operatingSystem,
  architecture,
  initSystem,
  cpu,
  memory,
  disk,
  kernel,
  cgroup,
  features,
  identity,
  clock,
  swap,
  firewall,
  packageLock,
  ports,
  leftovers,
  reachabilityChecks,
];

/**
 * Every preflight check for every host, by host name. Pure: looks only at what it is given.
 * Errors whose name (or 'all') stands in spec.preflight.ignore become 'ignored'.
 */
export function runChecks(context: {
  readonly spec: Spec;
  readonly nodes: readonly Node[];
  readonly reachability?: readonly ReachabilityResult[];
  readonly userCa?: string | undefined;
}): ReadonlyMap<string, CheckResult[]> {
  const full: CheckContext = { ...context, reachability: context.reachability ?? [] };
  const ignored = new Set(context.spec.preflight.ignore);
  return new Map(
    context.nodes.map((node) => [
      node.spec.name,
      CHECKS.flatMap((check) => check(node, full)).map((result) => ignoring(result, ignored)),
    ]),
  );
}

function ignoring(result: CheckResult, ignored: ReadonlySet<string>): CheckResult {
  return result.status === 'error' && (ignored.has('all') || ignored.has(result.name))
    ? { ...result, status: 'ignored' }
    : result;
}
