import { z } from 'zod';
import { servesByRequest } from '../../../add-ons/index.js';
import { clusterSigns, KUBELET_SERVING } from '../../../pki/index.js';
import { TLS_CIPHER_SUITES } from '../../../control-plane/index.js';
import type { Node, PhaseContext } from '../../../model/phase.js';
import { nthAddress } from '../../../model/text/cidr.js';
import { criEndpoint } from '../../../runtime/index.js';
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
  /** The kubelet asks the cluster for its next client certificate. */
  rotateCertificates: z.boolean(),
  /** The kubelet asks the cluster for its serving certificate, and renews it. */
  serverTLSBootstrap: z.boolean(),
  /** What it serves with until then. Absent: nothing, or what it makes itself. */
  serving: z.strictObject({ crt: z.string(), key: z.string() }).optional(),
  tlsCipherSuites: z.array(z.string()),
});

const render = template(new URL('./configuration.hbs', import.meta.url), view);

const RESOLVED_UPSTREAMS = '/run/systemd/resolve/resolv.conf';

/**
 * KubeletConfiguration of a node as YAML: kubeadm's, hardened (CIS 4.2). With `serverTLSBootstrap` it starts with the serving
 * certificate that kinit signed, and has one of its own once that comes near its end (client-go: NewFileStore).
 */
export function kubeletConfiguration(context: PhaseContext): string {
  const { spec, node } = context;
  return merged(context, {
    containerRuntimeEndpoint: criEndpoint(spec),
    ...(usesResolved(node) ? { resolvConf: RESOLVED_UPSTREAMS } : {}),
    ...(servesByRequest(context) ? { serving: KUBELET_SERVING } : {}),
  });
}

/** What all nodes share. A host that the stock kubeadm joins has no serving certificate yet: its kubelet asks for one. */
export function sharedKubeletConfiguration(context: PhaseContext): string {
  return merged(context, { containerRuntimeEndpoint: '' });
}

type Own = Pick<z.input<typeof view>, 'containerRuntimeEndpoint' | 'resolvConf' | 'serving'>;

function merged(context: PhaseContext, own: Own): string {
  const { spec } = context;
  const text = render({
    rotateCertificates: clusterSigns(context),
    serverTLSBootstrap: servesByRequest(context),
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
