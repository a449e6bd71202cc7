import { z } from 'zod';
import type { KubeObject } from '../../model/api.js';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { digestOf } from '../../model/text/digest.js';
import { NODE_BOOTSTRAP_GROUP } from '../../pki/index.js';
import { mergeYaml } from '../../templates/merge-yaml.js';
import { clusterRoleBinding, configMap, role, roleBinding, serviceAccount } from '../../templates/objects.js';
import { template } from '../../templates/template.js';

export const NAMESPACE = 'kube-system';
export const NAME = 'kube-proxy';
const LABELS = { 'k8s-app': NAME };
const FOLDER = '/var/lib/kube-proxy';

const config = template(
  new URL('./config.hbs', import.meta.url),
  z.strictObject({ clusterCIDR: z.string(), mode: z.string() }),
);
const kubeconfig = template(new URL('./kubeconfig.hbs', import.meta.url), z.strictObject({ server: z.string() }));

/** kube-proxy as kubeadm installs it. A changed configuration restarts the pods. */
export function proxyObjects(context: PhaseContext): KubeObject[] {
  const data = {
    'config.conf': renderKubeProxyConfiguration(context),
    'kubeconfig.conf': kubeconfig({ server: `https://${context.endpoint}` }),
  };
  return [
    configMap(NAME, NAMESPACE, data, { app: NAME }),
    serviceAccount(NAME, NAMESPACE),
    clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', {
      kind: 'ServiceAccount',
      name: NAME,
      namespace: NAMESPACE,
    }),
    // `kubeadm join` reads it with its bootstrap token.
    role(NAME, NAMESPACE, [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [NAME], verbs: ['get'] }]),
    roleBinding(NAME, NAMESPACE, NAME, { kind: 'Group', name: NODE_BOOTSTRAP_GROUP }),
    daemonSet(imageRef(context.images, NAME), digestOf(...Object.values(data))),
  ];
}

/** KubeProxyConfiguration as YAML, with what the user adds; metrics on the host's loopback only (CIS 4.3.1). */
export function renderKubeProxyConfiguration({ spec, proxyMode }: PhaseContext): string {
  return mergeYaml(config({ clusterCIDR: spec.network.podCIDR, mode: proxyMode }), spec.kubeProxy.config);
}

function daemonSet(image: string, configDigest: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: LABELS, annotations: { 'kinit/config-sha256': configDigest } },
        spec: {
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-node-critical',
          serviceAccountName: NAME,
          tolerations: [{ operator: 'Exists' }],
          containers: [container(image)],
          volumes: [
            { name: NAME, configMap: { name: NAME } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
          ],
        },
      },
    },
  };
}

function container(image: string): object {
  return {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/usr/local/bin/kube-proxy', `--config=${FOLDER}/config.conf`, '--hostname-override=$(NODE_NAME)'],
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    securityContext: { privileged: true },
    volumeMounts: [
      { name: NAME, mountPath: FOLDER },
      { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
      { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
    ],
  };
}
