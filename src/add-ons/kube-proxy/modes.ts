import type { KernelNeed } from '../../model/seams/kernel-need.js';
import type { Node, PhaseContext } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';

/** auto: nftables where every host's kernel can, else iptables (ipvs is deprecated upstream from 1.35). */
export function proxyModeOf(spec: Spec, nodes: readonly Node[]): PhaseContext['proxyMode'] {
  if (spec.proxyMode !== 'auto') return spec.proxyMode;
  return nodes.every((node) => node.facts.kernelFeatures.includes('nftables')) ? 'nftables' : 'iptables';
}

/** What the mode asks of a kernel; nothing for auto, which takes what is there. */
export function proxyKernel({ proxyMode }: Spec): readonly KernelNeed[] {
  const purpose = 'kube-proxy';
  const iptables = { name: 'iptables', module: 'ip_tables', purpose, otherwise: 'set proxyMode: auto' };
  switch (proxyMode) {
    case 'auto':
      return [];
    case 'nftables':
      return [{ name: 'nftables', module: 'nf_tables', purpose, otherwise: 'set proxyMode: iptables' }];
    case 'iptables':
      return [iptables];
    case 'ipvs':
      return [iptables, { name: 'ip_vs', module: 'ip_vs', purpose, otherwise: 'set proxyMode: auto' }];
  }
}

/** Kernel modules to load beforehand: the schedulers it may use in ipvs mode (pkg/proxy/ipvs README). */
export function proxyModules(mode: PhaseContext['proxyMode']): readonly string[] {
  return mode === 'ipvs' ? ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'] : [];
}
