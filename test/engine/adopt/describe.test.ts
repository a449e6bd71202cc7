import { expect, test } from 'vitest';
import { describeCluster } from '../../../src/engine/adopt/describe.js';
import type { SeenCluster } from '../../../src/engine/adopt/seen.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { KubeObject } from '../../../src/model/api.js';
import { toYaml } from '../../../src/model/text/yaml.js';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const LEADS = { labels: { [CONTROL_PLANE]: '' } };

function node(
  name: string,
  address: string,
  more: { labels?: object; taints?: object[]; runtime?: string } = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
    spec: { taints: more.taints ?? [] },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: { containerRuntimeVersion: more.runtime ?? 'containerd://1.7.2' },
    },
  };
}

const NETWORKING = { dnsDomain: 'cluster.local', podSubnet: '10.50.0.0/16', serviceSubnet: '10.60.0.0/16' };
const CONFIGURATION = {
  clusterName: 'prod',
  kubernetesVersion: 'v1.35.4',
  certificatesDir: '/etc/kubernetes/pki',
  controlPlaneEndpoint: 'api.example.test:6443',
  imageRepository: 'registry.k8s.io',
  encryptionAlgorithm: 'RSA-2048',
  certificateValidityPeriod: '8760h0m0s',
  caCertificateValidityPeriod: '87600h0m0s',
  networking: NETWORKING,
  apiServer: { certSANs: ['192.0.2.9'], extraArgs: [{ name: 'audit-log-maxage', value: '7' }] },
  scheduler: { extraArgs: [{ name: 'v', value: '2' }] },
  etcd: { local: { dataDir: '/data/etcd' } },
};

function seen(changes: Partial<SeenCluster> & { readonly configuration?: object } = {}): SeenCluster {
  const configuration = { ...CONFIGURATION, ...changes.configuration };
  const taints = [{ key: CONTROL_PLANE, effect: 'NoSchedule' }];
  return {
    clusterId: '9f0a3c52-6a0e-4c39-9d5b-6f6f2f5b0c11',
    version: '1.35.4',
    kubelet: { maxPods: 50, syncFrequency: '0s', clusterDomain: 'cluster.local', logging: { verbosity: 0 } },
    kubeProxy: { mode: 'ipvs', ipvs: { scheduler: 'lc', minSyncPeriod: '0s' }, conntrack: { min: null } },
    daemonSets: [],
    nodes: [
      node('cp', '10.0.0.1', { ...LEADS, taints }),
      node('w1', '10.0.0.2', { labels: { zone: 'a' }, taints: [{ key: 'gpu', value: '', effect: 'NoExecute' }] }),
    ],
    ...changes,
    configuration,
    kubeadm: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubeadm-config' },
      data: { ClusterConfiguration: toYaml(configuration) },
    },
  };
}

const REACHED = { address: 'cp.example.test', port: 6443, ssh: { user: 'admin' }, facts: {} };

test('what was chosen when the cluster was made becomes an inventory that kinit reads; defaults and set labels stay out', () => {
  const { inventory, blocking } = describeCluster(seen(), REACHED);
  expect(blocking).toEqual([]);
  expect(inventory).toMatchObject({
    name: 'prod',
    kubernetesVersion: '1.35.4',
    hosts: [
      { name: 'cp', address: 'cp.example.test', internalAddress: '10.0.0.1', roles: ['control-plane'] },
      {
        ...{ name: 'w1', address: '10.0.0.2', roles: ['worker'], labels: { zone: 'a' } },
        taints: [{ key: 'gpu', effect: 'NoExecute' }],
      },
    ],
    ssh: { user: 'admin' },
    apiServer: { endpoint: 'api.example.test:6443', certSANs: ['192.0.2.9'], extraArgs: { 'audit-log-maxage': '7' } },
    scheduler: { extraArgs: { v: '2' } },
    etcd: { dataDir: '/data/etcd' },
    network: { plugin: 'none', podCIDR: '10.50.0.0/16', serviceCIDR: '10.60.0.0/16', domain: 'cluster.local' },
    proxyMode: 'ipvs',
    pki: { keyAlgorithm: 'RSA-2048', validityDays: 365, caValidityDays: 3650 },
  });
  expect(inventory['kubelet']).toEqual({ config: { maxPods: 50 } });
  expect(inventory['kubeProxy']).toEqual({ config: { ipvs: { scheduler: 'lc' } } });
  expect(inventory).not.toHaveProperty('controllerManager');
  expect(specSchema.safeParse(inventory)).toMatchObject({ success: true });
});

test('an etcd outside of the cluster stays where it is; the files that it wants are named', () => {
  const external = {
    endpoints: ['https://10.0.0.9:2379', 'https://10.0.0.10:2379'],
    caFile: '/etc/etcd/ca.crt',
    certFile: '/etc/etcd/client.crt',
    keyFile: '/etc/etcd/client.key',
  };
  const apiServer = { extraArgs: [{ name: 'etcd-prefix', value: '/two' }] };
  const { inventory, left, blocking } = describeCluster(
    seen({ configuration: { etcd: { external }, apiServer } }),
    REACHED,
  );
  expect(blocking).toEqual([]);
  expect(inventory).toMatchObject({
    datastore: 'external-etcd',
    datastoreServer: {
      urls: external.endpoints,
      prefix: '/two',
      ...{ caFile: 'etcd-ca.crt', certFile: 'etcd-client.crt', keyFile: 'etcd-client.key' },
    },
  });
  expect(inventory).not.toHaveProperty('etcd');
  expect(left.join('\n')).toContain('Copy /etc/etcd/client.key of the control-plane host to etcd-client.key');
  expect(specSchema.safeParse(inventory)).toMatchObject({ success: true });
});

const BLOCKING: readonly (readonly [what: string, changes: Parameters<typeof seen>[0], told: string])[] = [
  ['two control planes', { nodes: [node('a', '10.0.0.1', LEADS), node('b', '10.0.0.2', LEADS)] }, 'is on 2 nodes'],
  [
    'another runtime',
    { nodes: [node('a', '10.0.0.1', { ...LEADS, runtime: 'rkt://1' })] },
    'a runs its containers with rkt://1',
  ],
  ['a node without an address', { nodes: [node('a', '', LEADS)] }, 'a has no internal IP address'],
  [
    'a datastore elsewhere',
    { configuration: { etcd: { external: { endpoints: ['https://10.0.0.9:2379'] } } } },
    'The datastore is outside',
  ],
  [
    'two families',
    { configuration: { networking: { ...NETWORKING, podSubnet: '10.50.0.0/16,fd00::/56' } } },
    'podSubnet is 10.50',
  ],
  ['no range for pods', { configuration: { networking: { serviceSubnet: '10.60.0.0/16' } } }, 'no podSubnet'],
  [
    'its own encryption key',
    { configuration: { apiServer: { extraArgs: { 'encryption-provider-config': '/etc/enc.yaml' } } } },
    'Secrets are encrypted with a key that kinit does not know',
  ],
  [
    'volumes',
    {
      configuration: { apiServer: { extraVolumes: [{ name: 'a', hostPath: '/etc/audit', mountPath: '/etc/audit' }] } },
    },
    'apiServer has volumes of its own (/etc/audit)',
  ],
  ['a version that is not known', { version: '1.30.1' }, 'Kubernetes 1.30.1 is not among the versions'],
  ['no kube-proxy', { kubeProxy: undefined }, 'There is no kube-proxy'],
  ['certificates elsewhere', { configuration: { certificatesDir: '/srv/pki' } }, 'Certificates are in /srv/pki'],
];

test.each(BLOCKING)('%s: named, and the inventory takes nothing over', (_what, changes, told) => {
  const { blocking } = describeCluster(seen(changes), REACHED);
  expect(blocking.join('\n')).toContain(told);
  expect(blocking).toHaveLength(1);
});

test('the pod network is named and left alone', () => {
  const daemonSet = (namespace: string, name: string): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace, name },
  });
  const daemonSets = [daemonSet('kube-system', 'kube-proxy'), daemonSet('calico-system', 'calico-node')];
  const { left, blocking } = describeCluster(seen({ daemonSets }), REACHED);
  expect(left.join('\n')).toContain('network.plugin: none). On every node runs calico-system/calico-node.');
  expect(blocking).toEqual([]);
});
