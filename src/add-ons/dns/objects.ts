import { z } from 'zod';
import type { KubeObject } from '../../model/api.js';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { nthAddress } from '../../model/text/cidr.js';
import { clusterRole, clusterRoleBinding, configMap, serviceAccount, SOON_ELSEWHERE } from '../../templates/objects.js';
import { template } from '../../templates/template.js';

export const NAMESPACE = 'kube-system';
export const NAME = 'coredns';
const ROLE = 'system:coredns';
/** Known under this name before CoreDNS did the work; kubelets and people look for it. */
const LABELS = { 'k8s-app': 'kube-dns' };

const corefile = template(new URL('./corefile.hbs', import.meta.url), z.strictObject({ domain: z.string() }));

/** Cluster DNS as kubeadm installs it; two pods, on different nodes where there are two. */
export function dnsObjects({ spec, images }: PhaseContext): KubeObject[] {
  return [
    serviceAccount(NAME, NAMESPACE),
    configMap(NAME, NAMESPACE, { Corefile: corefile({ domain: spec.network.domain }) }),
    clusterRole(ROLE, [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]),
    clusterRoleBinding(ROLE, ROLE, { kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }),
    service(nthAddress(spec.network.serviceCIDR, 10)),
    deployment(imageRef(images, NAME)),
  ];
}

function service(clusterIP: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: NAMESPACE,
      labels: { ...LABELS, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      clusterIP,
      selector: LABELS,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  };
}

function deployment(image: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas: 2,
      selector: { matchLabels: LABELS },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart()] } },
          containers: [container(image)],
          dnsPolicy: 'Default',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: NAME,
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
            ...SOON_ELSEWHERE,
          ],
          volumes: [
            { name: 'config-volume', configMap: { name: NAME, items: [{ key: 'Corefile', path: 'Corefile' }] } },
          ],
        },
      },
    },
  };
}

function apart(): object {
  const values = Object.values(LABELS);
  return {
    weight: 100,
    podAffinityTerm: {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values }] },
    },
  };
}

function container(image: string): object {
  return {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
      { name: 'liveness-probe', containerPort: 8080, protocol: 'TCP' },
      { name: 'readiness-probe', containerPort: 8181, protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { path: '/health', port: 'liveness-probe', scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: {
      httpGet: { path: '/ready', port: 'readiness-probe', scheme: 'HTTP' },
      periodSeconds: 2,
      failureThreshold: 15,
    },
    resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
  };
}
