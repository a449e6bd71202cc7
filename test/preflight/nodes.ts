import type { CheckResult } from '../../src/model/check.js';
import type { HostFacts } from '../../src/model/facts.js';
import type { Node } from '../../src/model/phase.js';
import { defined } from '../../src/model/defined.js';
import { factsOf } from '../facts/facts-of.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import type { Spec } from '../../src/model/spec.js';
import { runChecks } from '../../src/preflight/checks.js';
import type { Looks } from '../../src/preflight/check.js';

export interface Wanted extends Looks {
  readonly controlPlane?: Partial<HostFacts>;
  readonly worker?: Partial<HostFacts>;
  readonly spec?: Record<string, unknown>;
}

const HOSTS = [
  { name: 'c1', address: '10.0.0.1', roles: ['control-plane'] },
  { name: 'w1', address: '10.0.0.2' },
];

export function specOf(more: Record<string, unknown> = {}): Spec {
  return specSchema.parse({ hosts: HOSTS, ...more });
}

/** c1 (control plane) and w1 (worker) with facts that differ from the good ones. */
export function nodesOf({ controlPlane, worker, spec }: Wanted = {}): Node[] {
  return specOf(spec).hosts.map((host, index) => ({
    spec: host,
    facts: { ...factsOf(host.name), ...(index === 0 ? controlPlane : worker) },
    isControlPlane: index === 0,
    address: host.internalAddress ?? host.address,
  }));
}

export function check(wanted: Wanted = {}): ReadonlyMap<string, CheckResult[]> {
  return runChecks({
    spec: specOf(wanted.spec),
    nodes: nodesOf(wanted),
    ...defined({
      reachability: wanted.reachability,
      forwarding: wanted.forwarding,
      endpoint: wanted.endpoint,
      virtualAddress: wanted.virtualAddress,
      datastoreServer: wanted.datastoreServer,
    }),
  });
}

/** The results of one host that are not ok. */
export function complaints(wanted: Wanted, host = 'c1'): CheckResult[] {
  return (check(wanted).get(host) ?? []).filter(({ status }) => status !== 'ok');
}
