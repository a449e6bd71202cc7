import type { KubeObject } from '../../model/api.js';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { KUBELET_SERVING } from '../../model/signers.js';
import { nthAddress } from '../../model/text/cidr.js';
import { clusterRole, clusterRoleBinding, serviceAccount, SOON_ELSEWHERE } from '../../templates/objects.js';
import { NAME } from './supply.js';

export const NAMESPACE = 'kube-system';
const ROLE = `kinit:${NAME}`;
const LABELS = { 'k8s-app': NAME };
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const CERTIFICATES = 'certificates.k8s.io';

/** One pod on a control-plane node, with the rights to approve for this one signer. */
export function servingApproverObjects(context: PhaseContext): KubeObject[] {
  return [
    serviceAccount(NAME, NAMESPACE),
    clusterRole(ROLE, [
      { apiGroups: [CERTIFICATES], resources: ['certificatesigningrequests'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [CERTIFICATES], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
      {
        apiGroups: [CERTIFICATES],
        resources: ['signers'],
        resourceNames: [KUBELET_SERVING],
        verbs: ['approve'],
      },
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    ]),
    clusterRoleBinding(ROLE, ROLE, { kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }),
    deployment(context),
  ];
}

/**
 * Names and addresses of the API server that no kubelet may serve under. Those of hosts are theirs: what two nodes claim is
 * refused to both anyway.
 */
export function reservedNames({ spec, nodes, endpoint }: PhaseContext): string[] {
  const { domain, serviceCIDR } = spec.network;
  const ofHosts = new Set([
    ...spec.hosts.flatMap(({ name, address, internalAddress }) => [name, address, internalAddress]),
    ...nodes.map(({ address }) => address),
  ]);
  const names = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${domain}`,
    nthAddress(serviceCIDR, 1),
    'localhost',
    '127.0.0.1',
    '::1',
    endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
    ...(spec.apiServer.virtualAddress === undefined ? [] : [spec.apiServer.virtualAddress.address]),
    ...spec.apiServer.certSANs,
  ];
  return [...new Set(names)].filter((name) => !ofHosts.has(name));
}

function deployment(context: PhaseContext): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [
            {
              name: NAME,
              image: imageRef(context.images, NAME),
              imagePullPolicy: 'IfNotPresent',
              args: [`--reserved=${reservedNames(context).join(',')}`],
              env: [{ name: 'GOMEMLIMIT', value: '32MiB' }],
              resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { memory: '64Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
            },
          ],
          // It needs no pod network, and works where that is what is broken. It opens no port.
          hostNetwork: true,
          nodeSelector: { [CONTROL_PLANE]: '', 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-cluster-critical',
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          serviceAccountName: NAME,
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: CONTROL_PLANE, effect: 'NoSchedule' },
            { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' },
            ...SOON_ELSEWHERE,
          ],
        },
      },
    },
  };
}
