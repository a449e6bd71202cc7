import type { CheckResult } from '../../../src/model/check.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { Node } from '../../../src/model/phase.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { Spec } from '../../../src/model/spec.js';
import { runChecks } from '../../../src/preflight/checks.js';
import type { ReachabilityResult } from '../../../src/preflight/reachability.js';

/** A host on which every check is content. */
export function factsOf(host: string): HostFacts {
  return {
    host,
    os: {
      id: 'debian',
      versionId: '12',
      codename: 'bookworm',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
    },
    arch: 'amd64',
    kernel: '6.1.0-18-amd64',
    cpus: 2,
    memoryMB: 2048,
    hostname: host,
    productUuid: `uuid-${host}`,
    machineId: `machine-${host}`,
    bootId: `boot-${host}`,
    initSystem: 'systemd',
    addresses: [],
    clockOffsetMs: 3,
    cgroupVersion: 2,
    swap: [],
    selinux: 'absent',
    firewalls: [],
    timeServices: [],
    modules: { loaded: [], builtin: [], loadable: [] },
    kernelFeatures: ['overlay', 'br_netfilter', 'vxlan', 'nftables', 'iptables', 'ip_vs'],
    listening: [],
    disks: [{ path: '/', availableMB: 40_000, totalMB: 50_000 }],
    kubernetes: { membership: 'none', kubeletActive: false, pki: {}, journal: false },
  };
}

export interface Wanted {
  readonly controlPlane?: Partial<HostFacts>;
  readonly worker?: Partial<HostFacts>;
  readonly spec?: Record<string, unknown>;
  readonly reachability?: readonly ReachabilityResult[];
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
    address: host.address,
  }));
}

export function check(wanted: Wanted = {}): ReadonlyMap<string, CheckResult[]> {
  return runChecks({
    spec: specOf(wanted.spec),
    nodes: nodesOf(wanted),
    ...(wanted.reachability === undefined ? {} : { reachability: wanted.reachability }),
  });
}

/** The results of one host that are not ok. */
export function complaints(wanted: Wanted, host = 'c1'): CheckResult[] {
  return (check(wanted).get(host) ?? []).filter(({ status }) => status !== 'ok');
}
