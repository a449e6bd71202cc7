import { proxyModules } from '../../add-ons/index.js';
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
  return [...new Set(['overlay', 'br_netfilter', ...proxyModules(proxyMode), ...spec.modules])];
}
