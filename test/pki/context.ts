import type { HostFacts } from '../../src/model/facts.js';
import type { Node } from '../../src/model/phase.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import { factsOf } from '../facts/facts-of.js';
import type { Spec } from '../../src/model/spec.js';

/** A spec from what a person would write, with every default filled in. */
export function makeSpec(input: Record<string, unknown> = {}): Spec {
  return specSchema.parse({
    hosts: [
      { name: 'n1', address: '10.77.0.11', roles: ['control-plane'] },
      { name: 'n2', address: '10.77.0.12' },
    ],
    ...input,
  });
}

export function makeNodes(spec: Spec, facts: Partial<HostFacts> = {}): Node[] {
  return spec.hosts.map((host) => ({
    spec: host,
    facts: {
      ...factsOf(host.name),
      addresses: [{ interface: 'eth0', address: host.address, prefix: 24 }],
      ...facts,
    },
    isControlPlane: host.roles.includes('control-plane'),
    address: host.internalAddress ?? host.address,
  }));
}
