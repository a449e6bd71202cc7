import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeadmConfigMaps, kubeadmRbac } from '../../../src/control-plane/index.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { sharedKubeletConfiguration } from '../../../src/phases/cluster/kubelet/index.js';
import { configData as data, EACH_KUBEADM, goldenKubeadm, goldenObjects } from '../../golden.js';
import { kubeadmContext, makeContext } from '../../templates/context.js';

const context = makeContext();
const configMaps = (of: PhaseContext): KubeObject[] => kubeadmConfigMaps(of, sharedKubeletConfiguration(of));

test.each([
  ['rbac', kubeadmRbac()],
  ['kubeadm-config-maps', configMaps(context)],
])('the objects of %s are those of the golden file', (name, objects) => {
  expect(JSON.parse(JSON.stringify(objects))).toEqual(goldenObjects(name));
});

test.each(EACH_KUBEADM)('kubeadm %s stores the ClusterConfiguration as kinit does', (minor, version) => {
  const stored = data(configMaps(kubeadmContext(version)), 'kubeadm-config')['ClusterConfiguration'];
  expect(stored).toBe(goldenKubeadm(minor, 'cluster-configuration.yaml'));
});

test('what joining nodes may read is what kubeadm lets them read', () => {
  const names = kubeadmRbac().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(names).toEqual([
    'ClusterRoleBinding kubeadm:cluster-admins',
    'ClusterRole kubeadm:get-nodes',
    'ClusterRoleBinding kubeadm:get-nodes',
    'ClusterRoleBinding kubeadm:kubelet-bootstrap',
    'ClusterRoleBinding kubeadm:node-autoapprove-bootstrap',
    'ClusterRoleBinding kubeadm:node-autoapprove-certificate-rotation',
    'ClusterRoleBinding kubeadm:apiserver-kubelet-client',
    'Role kubeadm:nodes-kubeadm-config',
    'RoleBinding kubeadm:nodes-kubeadm-config',
    'Role kubeadm:kubelet-config',
    'RoleBinding kubeadm:kubelet-config',
    'Role kubeadm:bootstrap-signer-clusterinfo',
    'RoleBinding kubeadm:bootstrap-signer-clusterinfo',
  ]);
});

test('cluster-info carries the CA and the endpoint in the form kubeadm join reads', () => {
  expect(parse(data(configMaps(context), 'cluster-info')['kubeconfig'] ?? '')).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: '',
        cluster: {
          server: 'https://api.example:6443',
          'certificate-authority-data': Buffer.from('CA\n').toString('base64'),
        },
      },
    ],
    contexts: null,
    'current-context': '',
    users: null,
  });
});

test('the shared kubelet configuration leaves the CRI socket to each node', () => {
  expect(parse(data(configMaps(context), 'kubelet-config')['kubelet'] ?? '')).toMatchObject({
    containerRuntimeEndpoint: '',
    rotateCertificates: true,
  });
});

test('ClusterConfiguration names another place for CoreDNS only where kubeadm would not look', () => {
  const config = (images: object): unknown =>
    parse(
      data(configMaps({ ...context, images: { ...context.images, ...images } }), 'kubeadm-config')[
        'ClusterConfiguration'
      ] ?? '',
    );
  expect(config({})).toMatchObject({ dns: {}, imageRepository: 'registry.k8s.io' });
  expect(
    config({
      'kube-apiserver': 'm.example/registry.k8s.io/kube-apiserver:v1.36.3',
      coredns: 'm.example/registry.k8s.io/coredns/coredns:v1.14.2',
    }),
  ).toMatchObject({
    dns: { imageRepository: 'm.example/registry.k8s.io/coredns' },
    imageRepository: 'm.example/registry.k8s.io',
  });
});
