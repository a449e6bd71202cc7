import { NFTABLES_KERNEL } from '../add-ons/index.js';
import { kernelIsAtLeast } from '../model/text/kernel.js';

/** What a cluster can have on kernels from one version on, as `uname -r` has it, up to the next row's. */
export interface KernelRow {
  readonly from: string;
  /** Systems that come with such a kernel. */
  readonly systems: string;
  readonly verdict: 'ok' | 'warning' | 'error';
  /** kube-proxy's modes that work there. */
  readonly proxyModes: string;
  readonly because: string;
}

/** Below it preflight stops a host. */
export const OLDEST_KERNEL = '4.19';

/** Newest first. Preflight and docs/requirements.md are made from it. */
export const KERNELS: readonly [KernelRow, ...KernelRow[]] = [
  {
    from: NFTABLES_KERNEL,
    systems: 'Debian 12 and 13, Ubuntu 22.04 and 24.04, el9, el10',
    verdict: 'ok',
    proxyModes: 'nftables, iptables, ipvs',
    because: 'Everything works.',
  },
  {
    from: '5.4',
    systems: 'Debian 11',
    verdict: 'warning',
    proxyModes: 'iptables, ipvs',
    because: 'kube-proxy cannot use nftables with it; a newer one is better.',
  },
  {
    from: OLDEST_KERNEL,
    systems: 'none of the supported',
    verdict: 'warning',
    proxyModes: 'iptables, ipvs',
    because:
      "It is older than any that Kubernetes' system validators list (5.4, 5.10, 5.15, 6.x); kube-proxy cannot use nftables with it.",
  },
  {
    from: '4.11',
    systems: 'el8 (4.18)',
    verdict: 'error',
    proxyModes: 'iptables, ipvs',
    because:
      "Kubernetes' system validators list none of this age, and kinit was not tested with what el8 has patched into 4.18.",
  },
  {
    from: '0',
    systems: 'el7 (3.10)',
    verdict: 'error',
    proxyModes: 'iptables, ipvs',
    because:
      'Nobody has reported a supported Kubernetes on it. Where that is ignored, containerd gets settings that it takes there (no unprivileged ports and pings, which want 4.11).',
  },
];

/** The row of a kernel. One whose version cannot be read counts as new enough: no false alarm. */
export function kernelRow(release: string): KernelRow {
  return KERNELS.find(({ from }) => kernelIsAtLeast(release, from)) ?? KERNELS[0];
}
