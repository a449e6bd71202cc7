import type { KubeObject } from '../../../model/api.js';
import { imageRef } from '../../../model/artifact.js';
import type { PhaseContext } from '../../../model/phase.js';
import { configMap } from '../../../templates/objects.js';
import { BALANCER_LABEL } from '../../balancer.js';
import { balancerConfiguration } from './configuration.js';
import { FOLDER, NAME } from './places.js';
import { IMAGE } from './supply.js';

const NAMESPACE = 'kube-system';
const LABELS = { 'k8s-app': NAME };

/**
 * The same on nodes that kinit has not prepared (the stock `kubeadm join`): their kubelets have the endpoint itself, and start this as
 * they start any pod; kube-proxy and the pod network on them then find the address that they have everywhere.
 */
export function balancerObjects(context: PhaseContext): KubeObject[] {
  const { text, digest } = balancerConfiguration(context);
  return [configMap(NAME, NAMESPACE, { 'haproxy.cfg': text }, LABELS), daemonSet(context, digest)];
}

function daemonSet({ images }: PhaseContext, digest: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: LABELS, annotations: { 'kinit/config-sha256': digest } },
        spec: {
          hostNetwork: true,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 2,
          priorityClassName: 'system-node-critical',
          tolerations: [{ operator: 'Exists' }],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
                      { key: BALANCER_LABEL, operator: 'DoesNotExist' },
                    ],
                  },
                ],
              },
            },
          },
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: NAME,
              image: imageRef(images, IMAGE),
              imagePullPolicy: 'IfNotPresent',
              command: ['haproxy', '-db', '-f', `${FOLDER}/haproxy.cfg`],
              resources: { requests: { cpu: '10m', memory: '16Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
                runAsUser: 0,
                runAsGroup: 0,
              },
              volumeMounts: [{ name: 'balancer', mountPath: FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: 'balancer', configMap: { name: NAME } }],
        },
      },
    },
  };
}
