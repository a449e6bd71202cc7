import { z } from 'zod';
import type { PhaseContext } from '../../model/phase.js';
import { mergeYaml } from '../../templates/merge-yaml.js';
import { template } from '../../templates/template.js';

const render = template(
  new URL('./config.hbs', import.meta.url),
  z.strictObject({ clusterCIDR: z.string(), mode: z.string() }),
);

/** KubeProxyConfiguration as YAML, with what the user adds; metrics on the host's loopback only (CIS 4.3.1). */
export function renderKubeProxyConfiguration({ spec, proxyMode }: PhaseContext): string {
  return mergeYaml(render({ clusterCIDR: spec.network.podCIDR, mode: proxyMode }), spec.kubeProxy.config);
}
