import { controlPlaneOf } from '../../control-plane/index.js';
import type { ObjectRef } from '../../model/api.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Trial } from '../../model/seams/trial.js';
import type { Spec } from '../../model/spec.js';
import { KUBELET_CONF } from '../../pki/index.js';
import { mergeYaml } from '../../templates/merge-yaml.js';
import { renderKubeProxyConfiguration } from './configuration.js';
import { FOLDER, NAME, NAMESPACE } from './places.js';

/** Whether the agent of each node runs it (control-plane/control-plane.ts); else it runs in pods. */
export function runsOnHosts(spec: Spec): boolean {
  return controlPlaneOf(spec).nodeAgent !== undefined;
}

export const HOST_PROXY_FILE = `${FOLDER}/config.conf`;

/**
 * What it starts from on a host; undefined: it runs in pods. It is the node to the API: the kubelet renews the certificate that its
 * kubeconfig leads to.
 */
export function hostProxyConfiguration(context: PhaseContext): string | undefined {
  if (!runsOnHosts(context.spec)) return undefined;
  return mergeYaml(renderKubeProxyConfiguration(context), {
    clientConnection: { kubeconfig: KUBELET_CONF },
    hostnameOverride: context.node.spec.name,
  });
}

/** The agent, asked what it thinks of that; undefined: it runs in pods. */
export function hostProxyTrial(context: PhaseContext): Trial | undefined {
  const configuration = hostProxyConfiguration(context);
  return configuration === undefined ? undefined : controlPlaneOf(context.spec).nodeAgent?.proxyTrial(configuration);
}

/** What it has where it runs in pods. (Of an account the server does not say who applied it; without its role it may nothing.) */
export const OF_PODS: readonly ObjectRef[] = [
  { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: NAMESPACE, name: NAME },
];
