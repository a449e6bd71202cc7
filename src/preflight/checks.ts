import type { CheckResult } from '../model/check.js';
import type { Check, CheckContext } from './check.js';
import { clock } from './clock-check.js';
import { identity } from './identity.js';
import { cgroup, features, kernel } from './kernel.js';
import { leftovers } from './leftovers.js';
import { ALL_CHECKS } from './names.js';
import { ports } from './ports.js';
import { nodeAddressCheck } from './network/address.js';
import { datastoreServerCheck } from './network/datastore-server.js';
import { endpointCheck } from './network/endpoint.js';
import { forwardingCheck } from './network/forwarding.js';
import { rangesApart } from './network/overlap.js';
import { proxyCheck } from './network/proxy.js';
import { reachabilityChecks } from './network/reachability-checks.js';
import { runtimePackage } from './runtime-package.js';
import { repositories } from './repositories.js';
import { virtualAddressCheck } from './network/virtual-address.js';
import { cpu, disk, memory } from './size.js';
import { timeServers } from './time-servers.js';
import { architecture, firewall, initSystem, namedSystem, operatingSystem, packageLock, swap } from './system.js';

/** All checks, in the order they are shown. */
const CHECKS: readonly Check[] = [
  operatingSystem,
  namedSystem,
  architecture,
  initSystem,
  cpu,
  memory,
  disk,
  kernel,
  cgroup,
  features,
  identity,
  nodeAddressCheck,
  rangesApart,
  forwardingCheck,
  endpointCheck,
  virtualAddressCheck,
  datastoreServerCheck,
  proxyCheck,
  clock,
  timeServers,
  swap,
  firewall,
  packageLock,
  repositories,
  runtimePackage,
  ports,
  leftovers,
  reachabilityChecks,
];

/**
 * Every preflight check for every host, by host name. Pure: looks only at what it is given.
 * Errors whose name (or 'all') stands in spec.preflight.ignore become 'ignored'.
 */
export function runChecks(context: CheckContext): ReadonlyMap<string, CheckResult[]> {
  const ignored = new Set(context.spec.preflight.ignore);
  return new Map(
    context.nodes.map((node) => [
      node.spec.name,
      CHECKS.flatMap((check) => check(node, context)).map((result) => ignoring(result, ignored)),
    ]),
  );
}

function ignoring(result: CheckResult, ignored: ReadonlySet<string>): CheckResult {
  return result.status === 'error' && (ignored.has(ALL_CHECKS) || ignored.has(result.name))
    ? { ...result, status: 'ignored' }
    : result;
}
