import { z } from 'zod';
import { KinitError } from '../model/error.js';
import { toFlags } from './static-pod.js';
import { template } from './template.js';

const binary = z.strictObject({ binary: z.string() });

/** kubelet.service, as the official packages have it. */
export const kubeletUnit = template(new URL('./kubelet-unit.hbs', import.meta.url), binary);

/** 10-kubeadm.conf, as the official packages have it; it reads what both families' packages read. */
export const kubeletDropIn = template(new URL('./kubelet-drop-in.hbs', import.meta.url), binary);

/** What differs from node to node and has no place in the shared configuration: /var/lib/kubelet/kubeadm-flags.env. */
export interface KubeletFlagsView {
  readonly nodeIp: string;
  /** Only where the node's name is not the machine's (CIS 4.2.7). */
  readonly hostnameOverride?: string;
  readonly externalCloudProvider: boolean;
  /** 'key=value:Effect'; set when the node registers, so that nothing lands on it before. */
  readonly taints: readonly string[];
}

/** kubeadm-flags.env (kubeadm: phases/kubelet WriteKubeletDynamicEnvFile). systemd splits it at spaces, so none may be in a value. */
export function kubeletFlags(view: KubeletFlagsView): string {
  const flags = toFlags({
    'cloud-provider': view.externalCloudProvider ? 'external' : undefined,
    'hostname-override': view.hostnameOverride,
    'node-ip': view.nodeIp,
    'register-with-taints': view.taints.length === 0 ? undefined : view.taints.join(','),
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
export function kubeletInstanceConfig(containerRuntimeEndpoint: string): string {
  return `containerRuntimeEndpoint: ${JSON.stringify(containerRuntimeEndpoint)}\n`;
}
