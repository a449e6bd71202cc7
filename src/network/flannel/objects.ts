import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../model/api.js';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { nodeEndpoint } from '../../model/seams/node-endpoint.js';
import { digestOf } from '../../model/text/digest.js';
import { clusterRole, clusterRoleBinding, configMap, serviceAccount } from '../../templates/objects.js';
import { flannelOptions } from './options.js';
import { CONFIG, NAMESPACE, usesNftables } from './packet-rules.js';

const NAME = 'flannel';
const LABELS = { 'k8s-app': NAME };
const POD_LABELS = { app: NAME, tier: 'node' };

/**
 * flannel with the kube subnet manager, and beside it the container that writes each node's CNI configuration. A changed
 * configuration restarts the pods.
 */
export function flannelObjects(context: PhaseContext): KubeObject[] {
  const data = {
    'net-conf.json': `${JSON.stringify(netConf(context), null, 2)}\n`,
    // It runs in a container: the values are constants of flannel's, and stand in the file.
    'install-cni.sh': containerScript('./install-cni.sh'),
  };
  return [
    namespace(),
    configMap(CONFIG, NAMESPACE, data, { ...LABELS, ...POD_LABELS }),
    serviceAccount(NAME, NAMESPACE, LABELS),
    clusterRole(
      NAME,
      [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
      ],
      LABELS,
    ),
    clusterRoleBinding(NAME, NAME, { kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }, LABELS),
    daemonSet(context, digestOf(...Object.values(data))),
  ];
}

function netConf({ spec, decisions }: PhaseContext): object {
  return {
    Network: spec.network.podCIDR,
    EnableNFTables: usesNftables(decisions),
    Backend: { Type: flannelOptions(spec).flannelBackend },
  };
}

function containerScript(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^ *# shellcheck .*\n/gm, '');
}

function namespace(): KubeObject {
  const level = { audit: 'privileged', enforce: 'privileged', warn: 'privileged' };
  const security = Object.entries(level).map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value] as const);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { ...LABELS, ...Object.fromEntries(security) } },
  };
}

function daemonSet(context: PhaseContext, configDigest: string): KubeObject {
  const image = imageRef(context.images, NAME);
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel-ds', namespace: NAMESPACE, labels: { ...LABELS, ...POD_LABELS } },
    spec: {
      selector: { matchLabels: { app: NAME } },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: POD_LABELS, annotations: { 'kinit/config-sha256': configDigest } },
        spec: {
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-node-critical',
          serviceAccountName: NAME,
          tolerations: [{ operator: 'Exists' }],
          containers: [flanneld(image, nodeEndpoint(context)), installCni(image)],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
            { name: 'cni', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
            { name: 'flannel-cfg', configMap: { name: CONFIG } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
}

function flanneld(image: string, endpoint: string): object {
  return {
    name: 'kube-flannel',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/opt/bin/flanneld'],
    // Each look at its rules starts a dozen processes: as often as kube-proxy looks at its own, and not every 5 s.
    args: ['--ip-masq', '--kube-subnet-mgr', '--iface=$(NODE_IP)', '--iptables-resync=30'],
    env: [
      fromField('POD_NAME', 'metadata.name'),
      fromField('POD_NAMESPACE', 'metadata.namespace'),
      fromField('NODE_IP', 'status.hostIP'),
      // Asked directly, so that the network does not wait for kube-proxy to make the Service address work.
      ...apiServer(endpoint),
      { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
      { name: 'CONT_WHEN_CACHE_NOT_READY', value: 'false' },
    ],
    resources: { requests: { cpu: '100m', memory: '50Mi' } },
    securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] }, privileged: false },
    volumeMounts: [
      { name: 'run', mountPath: '/run/flannel' },
      { name: 'flannel-cfg', mountPath: '/etc/kube-flannel' },
      { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
    ],
  };
}

function installCni(image: string): object {
  return {
    name: 'install-cni',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh'],
    args: ['/etc/kube-flannel/install-cni.sh'],
    resources: { requests: { cpu: '1m', memory: '5Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      { name: 'run', mountPath: '/run/flannel', readOnly: true },
      { name: 'flannel-cfg', mountPath: '/etc/kube-flannel', readOnly: true },
      { name: 'cni', mountPath: '/etc/cni/net.d' },
    ],
  };
}

function fromField(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** host:port as the two variables that in-cluster clients read; an IPv6 address without its brackets. */
function apiServer(endpoint: string): object[] {
  const at = endpoint.lastIndexOf(':');
  return [
    { name: 'KUBERNETES_SERVICE_HOST', value: endpoint.slice(0, at).replace(/^\[|\]$/g, '') },
    { name: 'KUBERNETES_SERVICE_PORT', value: endpoint.slice(at + 1) },
  ];
}
