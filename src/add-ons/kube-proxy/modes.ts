import { text } from '../../cluster/api/json.js';
import type { Decider } from '../../model/seams/decider.js';
import type { KernelNeed } from '../../model/seams/kernel-need.js';
import type { Node, PhaseContext } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { kernelIsAtLeast } from '../../model/text/kernel.js';
import { hasNft } from '../../os/index.js';
import { runsOnHosts } from './on-host.js';
import { NAME, NAMESPACE } from './places.js';

/** Of Linux, for its nftables mode (KEP-3866). */
export const NFTABLES_KERNEL = '5.13';

/** auto: nftables where every host's kernel can, else iptables (ipvs is deprecated upstream from 1.35). */
export const proxyModeDecider: Decider = {
  decide: (spec, nodes, decided) => {
    const auto =
      decided['proxyMode'] ?? (nodes.every((node) => hasNftables(node, runsOnHosts(spec))) ? 'nftables' : 'iptables');
    return { proxyMode: spec.proxyMode === 'auto' ? auto : spec.proxyMode };
  },
  shownBy: { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: NAME },
  readBack: (object) => {
    const mode = /^mode: *"?([a-z0-9]*)"?/m.exec(text(object, 'data', 'config.conf') ?? '')?.[1];
    // Nothing is its default on Linux.
    return mode === undefined ? {} : { proxyMode: mode === '' ? 'iptables' : mode };
  },
};

function hasNftables({ facts }: Node, onHosts: boolean): boolean {
  const byKernel = facts.kernelFeatures.includes('nftables') && kernelIsAtLeast(facts.kernel, NFTABLES_KERNEL);
  // In pods it has the nft of its image.
  return byKernel && (!onHosts || hasNft(facts));
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
