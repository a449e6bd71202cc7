import { z } from 'zod';
import { TLS_CIPHER_SUITES } from '../../../control-plane/index.js';
import type { Node, PhaseContext } from '../../../model/phase.js';
import type { Spec } from '../../../model/spec.js';
import { nthAddress } from '../../../model/text/cidr.js';
import { runtimeOf } from '../../../runtime/index.js';
import { mergeYaml } from '../../../templates/merge-yaml.js';
import { template } from '../../../templates/template.js';

const view = z.strictObject({
  clusterDNS: z.string(),
  clusterDomain: z.string(),
  /** Empty in the cluster-wide ConfigMap: each node says its own (kubeadm: instance-config.yaml). */
  containerRuntimeEndpoint: z.string(),
  failCgroupV1: z.boolean(),
  failSwapOn: z.boolean(),
  /** Absent: the kubelet's default, /etc/resolv.conf. */
  resolvConf: z.string().optional(),
  tlsCipherSuites: z.array(z.string()),
});

const render = template(new URL('./configuration.hbs', import.meta.url), view);

const RESOLVED_UPSTREAMS = '/run/systemd/resolve/resolv.conf';

/**
 * KubeletConfiguration of a node as YAML: kubeadm's, hardened (CIS 4.2). The serving certificate is the one at the
 * kubelet's default path, so that a node joined by stock kubeadm without one still starts.
 */
export function kubeletConfiguration({ spec, node }: PhaseContext): string {
  const own = usesResolved(node) ? { resolvConf: RESOLVED_UPSTREAMS } : {};
  return merged(spec, { containerRuntimeEndpoint: criEndpoint(spec), ...own });
}

/** What all nodes share. */
export function sharedKubeletConfiguration(spec: Spec): string {
  return merged(spec, { containerRuntimeEndpoint: '' });
}

/** Where the container runtime speaks the CRI. */
export function criEndpoint(spec: Spec): string {
  return `unix://${runtimeOf(spec).sockets[0]}`;
}

function merged(spec: Spec, own: { readonly containerRuntimeEndpoint: string; readonly resolvConf?: string }): string {
  const text = render({
    clusterDNS: nthAddress(spec.network.serviceCIDR, 10),
    clusterDomain: spec.network.domain,
    failCgroupV1: spec.kubelet.cgroupV1 === 'refuse',
    failSwapOn: spec.swap === 'off',
    tlsCipherSuites: [...TLS_CIPHER_SUITES],
    ...own,
  });
  return mergeYaml(text, spec.kubelet.config);
}

// /etc/resolv.conf then names 127.0.0.53, which in a pod is the pod itself (kubeadm: componentconfigs isServiceActive("systemd-resolved")).
function usesResolved(node: Node): boolean {
  return node.facts.listening.some(
    ({ address, port, process }) =>
      port === 53 && (address.startsWith('127.0.0.53') || (process ?? '').startsWith('systemd-resolve')),
  );
}
