import type { HostFacts } from '../../src/model/facts.js';

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
    kubernetes: { membership: 'none', kubeletActive: false, pki: {}, journal: false, made: false, manifests: {} },
  };
}
