import { NFTABLES_KERNEL, proxyKernel } from '../add-ons/index.js';
import type { CheckResult } from '../model/check.js';
import type { HostFacts } from '../model/facts.js';
import type { Decisions } from '../model/record.js';
import type { KernelNeed } from '../model/seams/kernel-need.js';
import type { Spec } from '../model/spec.js';
import { networkOf } from '../network/index.js';
import { kernelIsAtLeast } from '../model/text/kernel.js';
import type { Check } from './check.js';
import { canCgroupV2, kernelWay, kernelWish, type KernelWish } from '../os/index.js';
import { CGROUP_V2_KERNEL, kernelRow, OLDEST_KERNEL } from './kernels.js';

export const kernel: Check = ({ facts }, { spec }) => {
  const wish = kernelWish(spec, facts);
  if (wish !== undefined) return [wished(wish, facts)];
  const wantsNftables = spec.proxyMode === 'nftables';
  const minimum = wantsNftables ? NFTABLES_KERNEL : OLDEST_KERNEL;
  const base = { name: 'kernel', title: 'Linux kernel', found: facts.kernel, minimum, recommended: NFTABLES_KERNEL };
  const { verdict, because } = kernelRow(facts.kernel);
  if (verdict === 'error') return [{ ...base, status: verdict, hint: `${because} Install a newer kernel and reboot.` }];
  if (wantsNftables && !kernelIsAtLeast(facts.kernel, NFTABLES_KERNEL))
    return [{ ...base, status: 'error', hint: 'Install a newer kernel, or set proxyMode: iptables.' }];
  return [verdict === 'ok' ? { ...base, status: verdict } : { ...base, status: verdict, hint: because }];
};

/** One that kinit brings is no reason to refuse the host: it is looked at again afterwards. */
function wished({ wanted, way }: KernelWish, { kernel: found }: HostFacts): CheckResult {
  const base = { name: 'kernel', title: 'Linux kernel', found, minimum: wanted };
  const { verdict, because } = kernelRow(found);
  // That all works with it is no reason.
  const about = verdict === 'ok' ? '' : `${because} `;
  return 'missing' in way
    ? { ...base, status: 'error', hint: `${about}${way.missing}.` }
    : {
        ...base,
        status: 'warning',
        hint: `kinit init installs ${way.upgrade.brings(way.options)} and reboots this host, after a question (kernels.md).`,
      };
}

/** The kubelet refuses cgroup v1 by default since 1.35 (failCgroupV1). */
export const cgroup: Check = ({ facts }, { spec }) => {
  const base = {
    name: 'cgroup',
    title: 'Control groups',
    found: `cgroup v${String(facts.cgroupVersion)}`,
    minimum: spec.kubelet.cgroupV1 === 'allow' ? 'cgroup v1' : 'cgroup v2',
    recommended: 'cgroup v2',
  };
  // One on an older kernel than Kubernetes asks for is told by the kernel's own check.
  if (facts.cgroupVersion === 2) return [{ ...base, status: 'ok' }];
  const way = wayToCgroupV2(facts);
  return spec.kubelet.cgroupV1 === 'allow'
    ? [{ ...base, status: 'warning', hint: `Upstream is removing support for cgroup v1. ${way}.` }]
    : [{ ...base, status: 'error', hint: `${way}, or set kubelet.cgroupV1: allow.` }];
};

/** What a person can do; where kernel and system cannot have version 2, no word for the boot loader helps. */
function wayToCgroupV2(facts: HostFacts): string {
  if (!canCgroupV2(facts))
    return `${facts.os.prettyName} has none of version 2, whatever its kernel: take a newer release`;
  const boot = 'Boot with systemd.unified_cgroup_hierarchy=1 on the kernel command line';
  return kernelRow(facts.kernel).cgroupV2 ? boot : `${boot} and a kernel from ${CGROUP_V2_KERNEL} on`;
}

const EVERY_NODE: readonly KernelNeed[] = [
  { name: 'overlay', module: 'overlay', purpose: 'file systems of containers' },
  { name: 'br_netfilter', module: 'br_netfilter', purpose: 'Services between pods of one host' },
];

export const features: Check = ({ facts }, { spec, decisions }) => [
  // What the kernel that runs lacks is no matter where another one comes.
  ...(kernelWay(spec, facts) === undefined ? abilities(facts, spec, decisions) : []),
  ...(spec.proxyMode === 'ipvs' ? [IPVS_DEPRECATED] : []),
];

const abilities = (facts: HostFacts, spec: Spec, decisions: Decisions | undefined): CheckResult[] => [
  ...[...EVERY_NODE, ...networkOf(spec).kernel(spec, decisions ?? {}), ...proxyKernel(spec)].map((need) =>
    featureCheck(facts, need),
  ),
  ...(spec.proxyMode === 'auto' ? [proxyCheck(facts)] : []),
];

const IPVS_DEPRECATED: CheckResult = {
  name: 'proxy-mode',
  title: 'kube-proxy mode',
  status: 'warning',
  found: 'ipvs',
  recommended: 'nftables',
  hint: 'ipvs is deprecated upstream (warnings from Kubernetes 1.35); proxyMode: auto takes nftables where every host can.',
};

function featureCheck(facts: HostFacts, { name, module, purpose, otherwise }: KernelNeed): CheckResult {
  const base = { name: `kernel-${name}`, title: `Kernel: ${name}`, minimum: `there, for ${purpose}` };
  if (kernelHas(facts, name, module)) return { ...base, status: 'ok', found: 'there' };
  return {
    ...base,
    status: 'error',
    found: 'not there',
    hint: `Use a kernel with ${module} (modprobe ${module} must work)${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
  };
}

function proxyCheck(facts: HostFacts): CheckResult {
  const there = [
    ...(kernelHas(facts, 'nftables', 'nf_tables') ? ['nftables'] : []),
    ...(kernelHas(facts, 'iptables', 'ip_tables') ? ['iptables'] : []),
  ];
  const base = {
    name: 'kernel-proxy',
    title: 'Kernel: packet rules for kube-proxy',
    minimum: 'nftables or iptables',
    recommended: 'nftables',
  };
  if (there.length === 0)
    return {
      ...base,
      status: 'error',
      found: 'neither',
      hint: 'Use a kernel with nf_tables (modprobe nf_tables must work).',
    };
  return { ...base, status: 'ok', found: there.join(', ') };
}

/** Tried out, or a module that is there to be loaded later. */
function kernelHas({ kernelFeatures, modules }: HostFacts, name: string, module: string): boolean {
  return (
    kernelFeatures.includes(name) ||
    [modules.loaded, modules.builtin, modules.loadable].some((names) => names.includes(module))
  );
}
