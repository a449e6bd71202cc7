import type { Phase, PhaseContext } from '../../model/phase.js';
import { file, kernelModule } from '../../resources/index.js';

/** Loaded now and at boot; built into the kernel counts as loaded. */
export const modules: Phase = {
  id: 'modules',
  title: 'Kernel modules',
  appliesTo: () => true,
  resources: (context) => {
    const names = moduleNames(context);
    return [
      file({ path: '/etc/modules-load.d/kinit.conf', content: `${names.join('\n')}\n`, mode: 0o644 }),
      ...names.map((name) => kernelModule({ name, required: true })),
    ];
  },
};

function moduleNames({ spec, proxyMode }: PhaseContext): string[] {
  const names = ['overlay', 'br_netfilter'];
  // The schedulers kube-proxy may use in ipvs mode (pkg/proxy/ipvs README).
  if (proxyMode === 'ipvs') names.push('ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack');
  return [...new Set([...names, ...spec.modules])];
}
