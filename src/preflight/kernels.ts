import { NFTABLES_KERNEL } from '../add-ons/index.js';
import { onlyCgroupV1 } from '../os/index.js';
import { kernelIsAtLeast } from '../model/text/kernel.js';

/** What a cluster can have on kernels from one version on, as `uname -r` has it, up to the next row's. */
export interface KernelRow {
  readonly from: string;
  /** Systems that come with such a kernel. */
  readonly systems: string;
  readonly verdict: 'ok' | 'warning' | 'error';
  /** kube-proxy's modes that work there. */
  readonly proxyModes: string;
  /** The kubelet can have control groups of version 2; those of version 1 it can have everywhere, where the inventory allows it. */
  readonly cgroupV2: boolean;
  /** Containers without privileges have low ports and pings: containerd refuses to start with these settings on older ones. */
  readonly unprivileged: boolean;
  readonly because: string;
}

/** Below it preflight stops a host. */
export const OLDEST_KERNEL = '4.19';

/** From it on Kubernetes asks for control groups of version 2 (kubernetes.io/docs/concepts/architecture/cgroups). */
export const CGROUP_V2_KERNEL = '5.8';

/** Newest first. Preflight and docs/requirements.md are made from it. */
export const KERNELS: readonly [KernelRow, ...KernelRow[]] = [
  {
    from: NFTABLES_KERNEL,
    systems: 'Debian 12 and 13, Ubuntu 22.04 and 24.04, el9, el10',
    verdict: 'ok',
    proxyModes: 'nftables, iptables, ipvs',
    cgroupV2: true,
    unprivileged: true,
    because: 'Everything works.',
  },
  {
    from: CGROUP_V2_KERNEL,
    systems: 'Debian 11 (5.10)',
    verdict: 'warning',
    proxyModes: 'iptables, ipvs',
    cgroupV2: true,
    unprivileged: true,
    because: 'kube-proxy cannot use nftables with it; a newer one is better.',
  },
  {
    from: '5.4',
    systems: 'el7 with the last long-term kernel made for it',
    verdict: 'warning',
    proxyModes: 'iptables, ipvs',
    cgroupV2: false,
    unprivileged: true,
    because:
      'kube-proxy cannot use nftables with it, nor the kubelet control groups of version 2; a newer one is better.',
  },
  {
    from: OLDEST_KERNEL,
    systems: 'none of the supported',
    verdict: 'warning',
    proxyModes: 'iptables, ipvs',
    cgroupV2: false,
    unprivileged: true,
    because:
      "It is older than any that Kubernetes' system validators list (5.4, 5.10, 5.15, 6.x); kube-proxy cannot use nftables with it.",
  },
  {
    from: '4.11',
    systems: 'el8 (4.18)',
    verdict: 'error',
    proxyModes: 'iptables, ipvs',
    cgroupV2: false,
    unprivileged: true,
    because:
      "Kubernetes' system validators list none of this age, and kinit was not tested with what el8 has patched into 4.18.",
  },
  {
    from: '0',
    systems: 'el7 (3.10)',
    verdict: 'error',
    proxyModes: 'iptables, ipvs',
    cgroupV2: false,
    unprivileged: false,
    because:
      'Nobody has reported a supported Kubernetes on it. Where that is ignored, containerd gets settings that it takes there (no unprivileged ports and pings, which want 4.11).',
  },
];

/** What the columns mean, behind the table. */
export const KERNEL_NOTES = `
- **Control groups.** The kubelet refuses version 1 by default since 1.35, and may have nothing for it from 1.38 on: a host that has it is refused,
  unless the inventory says \`kubelet: {cgroupV1: allow}\`. Version 2 wants a kernel from ${CGROUP_V2_KERNEL} on, and systemd that mounts it: ${onlyCgroupV1}
  has none that does, whatever its kernel.
- **kube-proxy.** The mode is always written: nftables where every host's kernel is ${NFTABLES_KERNEL} or newer and its nft 1.0.1 or newer, else iptables.
  ipvs works on all of them and is on its way out (warnings from 1.35, off by default in 1.40).
- **Low ports and pings.** A container that is not root has them, but where containerd refuses to start with those settings.
- **C library.** Programs of Kubernetes, runtimes and pod networks are static builds, also those that are fetched: containerd's other build wants glibc
  2.35, which Debian 11 and el7 to el9 do not have.
`;

/** The row of a kernel. One whose version cannot be read counts as new enough: no false alarm. */
export function kernelRow(release: string): KernelRow {
  return KERNELS.find(({ from }) => kernelIsAtLeast(release, from)) ?? KERNELS[0];
}
