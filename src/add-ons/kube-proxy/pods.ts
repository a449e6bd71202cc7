import type { KubeObject } from '../../model/api.js';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { digestOf } from '../../model/text/digest.js';
import { FOLDER, NAME, NAMESPACE } from './places.js';

const LABELS = { 'k8s-app': NAME };

/** kube-proxy in a pod on every node. A changed configuration restarts the pods. */
export function proxyDaemonSet({ images }: PhaseContext, data: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: LABELS, annotations: { 'kinit/config-sha256': digestOf(...Object.values(data)) } },
        spec: {
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-node-critical',
          serviceAccountName: NAME,
          tolerations: [{ operator: 'Exists' }],
          containers: [container(imageRef(images, NAME))],
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
