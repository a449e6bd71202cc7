import { imageRefs } from '../../src/artifacts/supply.js';
import { SUPPLY } from '../../src/engine/supply.js';
import type { HostMaterial, Node, PhaseContext } from '../../src/model/phase.js';
import { makeNodes, makeSpec } from '../pki/context.js';

/** The same for one Kubernetes version, with the images that go with it: what the recorded kubeadm was asked for. */
export function kubeadmContext(kubernetesVersion: string): PhaseContext {
  return makeContext({ kubernetesVersion }, { images: imageRefs(SUPPLY.images, kubernetesVersion) });
}

/** A phase context for the first host, of what a person would write in the inventory. */
export function makeContext(input: Record<string, unknown> = {}, more: Partial<PhaseContext> = {}): PhaseContext {
  const spec = makeSpec({ apiServer: { endpoint: 'api.example:6443' }, ...input });
  const nodes = makeNodes(spec);
  const [leader] = nodes as [Node, ...Node[]];
  const version = spec.kubernetesVersion;
  const material: HostMaterial = {
    '/etc/kubernetes/pki/ca.crt': { content: 'CA\n', mode: 0o644 },
    '/etc/kubernetes/pki/ca.key': { content: 'KEY\n', mode: 0o600 },
  };
  return {
    spec,
    node: leader,
    nodes,
    leader,
    endpoint: 'api.example:6443',
    artifacts: {
      arch: 'amd64',
      source: 'source',
      kubernetesVersion: version,
      binaries: [],
      images: [{ name: 'serving-approver', refs: ['kinit.local/serving-approver:1'], on: 'control-plane' }],
    },
    images: {
      'kube-apiserver': `registry.k8s.io/kube-apiserver:v${version}`,
      'kube-controller-manager': `registry.k8s.io/kube-controller-manager:v${version}`,
      'kube-scheduler': `registry.k8s.io/kube-scheduler:v${version}`,
      'kube-proxy': `registry.k8s.io/kube-proxy:v${version}`,
      haproxy: 'docker.io/library/haproxy:2.6.12',
      keepalived: 'kinit.local/keepalived:2.2.7',
      etcd: 'registry.k8s.io/etcd:3.6.8-0',
      coredns: 'registry.k8s.io/coredns/coredns:v1.14.2',
      flannel: 'ghcr.io/flannel-io/flannel:v0.28.4',
      pause: 'registry.k8s.io/pause:3.10.2',
      nginx: 'docker.io/library/nginx:1.22.1',
      'serving-approver': 'kinit.local/serving-approver:1',
    },
    material: Object.fromEntries(nodes.map(({ spec: { name } }) => [name, material])),
    registryCas: {},
    registryAccess: {},
    repositoryKeys: {},
    datastoreAccess: {},
    proxyMode: 'nftables',
    decisions: { proxyMode: 'nftables' },
    addresses: Object.fromEntries(nodes.map(({ spec: { name }, address }) => [name, address])),
    members: Object.fromEntries(
      nodes.map(({ spec: { name }, address, isControlPlane, facts: { machineId } }) => [
        name,
        { address, controlPlane: isControlPlane, machineId },
      ]),
    ),
    moves: [],
    kinit: '1.2.3',
    ...more,
  };
}
