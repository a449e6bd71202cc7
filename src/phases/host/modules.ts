import { proxyModules } from '../../add-ons/index.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { osOf } from '../../os/index.js';
import { kernelModule } from '../../resources/index.js';

/** Loaded now and at boot; built into the kernel counts as loaded. */
export const modules: Phase = {
  id: 'modules',
  title: 'Kernel modules',
  appliesTo: () => true,
  resources: (context) => {
    const names = moduleNames(context);
    return [
      ...osOf(context.node.facts).modulesAtBoot(names, context.node.facts.os),
      ...names.map((name) => kernelModule({ name, required: true })),
    ];
  },
};

function moduleNames({ spec, proxyMode }: PhaseContext): string[] {
  return [...new Set(['overlay', 'br_netfilter', ...proxyModules(proxyMode), ...spec.modules])];
}
