import type { HostFacts } from '../../src/model/facts.js';
import type { Node } from '../../src/model/phase.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
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
      host: host.name,
      os: {
        id: 'debian',
        versionId: '12',
        codename: 'bookworm',
        prettyName: 'Debian GNU/Linux 12 (bookworm)',
      },
      arch: 'amd64',
      kernel: '6.1.0',
      cpus: 2,
      memoryMB: 4000,
      hostname: host.name,
      productUuid: `uuid-${host.name}`,
      machineId: `id-${host.name}`,
      bootId: 'boot',
      initSystem: 'systemd',
      addresses: [{ interface: 'eth0', address: host.address, prefix: 24 }],
      clockOffsetMs: 0,
      cgroupVersion: 2,
      swap: [],
      selinux: 'absent',
      firewalls: [],
      timeServices: [],
      modules: { loaded: [], builtin: [], loadable: [] },
      kernelFeatures: [],
      listening: [],
      disks: [],
      kubernetes: { membership: 'none', kubeletActive: false, pki: {}, journal: false },
      ...facts,
    },
    isControlPlane: host.roles.includes('control-plane'),
    address: host.internalAddress ?? host.address,
  }));
}
