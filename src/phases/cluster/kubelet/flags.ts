import { KinitError } from '../../../model/error.js';
import type { PhaseContext } from '../../../model/phase.js';
import { toFlags } from '../../../model/text/flags.js';
import { criEndpoint } from '../../../runtime/index.js';
import { balancerLabel, nodeWishes } from '../node-wishes.js';

/**
 * /var/lib/kubelet/kubeadm-flags.env (kubeadm: phases/kubelet WriteKubeletDynamicEnvFile): what differs from node to node
 * and has no place in the shared configuration. systemd splits it at spaces, so none may be in a value.
 */
export function kubeletFlags(context: PhaseContext): string {
  const { spec, node } = context;
  const { name } = node.spec;
  // Set when the node registers, so that nothing lands on it before.
  const taints = nodeWishes(context).taints.map(({ key, value, effect }) => `${key}=${value ?? ''}:${effect}`);
  const labels = Object.entries(balancerLabel(context));
  const flags = toFlags({
    'cloud-provider': spec.cloudProvider === 'external' ? 'external' : undefined,
    // Only where the node's name is not the machine's (CIS 4.2.7).
    'hostname-override': spec.manageHostname || node.facts.hostname === name ? undefined : name,
    'node-ip': node.address,
    // From its first moment: else a pod would be put onto it that it has no need of.
    'node-labels': labels.length === 0 ? undefined : labels.map(([key, value]) => `${key}=${value}`).join(','),
    'register-with-taints': taints.length === 0 ? undefined : taints.join(','),
  });
  const unfit = flags.find((flag) => !/^[-A-Za-z0-9_./:=,]+$/.test(flag));
  if (unfit !== undefined)
    throw new KinitError(`${unfit} cannot be a flag of the kubelet`, {
      class: 'inventory',
      hint: 'Taints are made of letters, digits, "-", "_", "." and "/".',
    });
  return `KUBELET_KUBEADM_ARGS="${flags.join(' ')}"\n`;
}

/** /var/lib/kubelet/instance-config.yaml: kubeadm lays it over the shared configuration when it upgrades a node. */
export function kubeletInstanceConfig({ spec }: PhaseContext): string {
  return `containerRuntimeEndpoint: ${JSON.stringify(criEndpoint(spec))}\n`;
}
