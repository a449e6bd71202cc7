import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { nthAddress, withoutZone } from '../../model/text/cidr.js';
import type { LeafRequest } from '../x509/certificate.js';
import { KUBELET_SERVING, pkiPair } from '../paths.js';

export type AuthorityName = 'ca' | 'front-proxy-ca' | 'etcd/ca';

/** Common names of the CAs (kubeadm: phases/certs/certlist.go). */
export const AUTHORITIES: Readonly<Record<AuthorityName, string>> = {
  ca: 'kubernetes',
  'front-proxy-ca': 'front-proxy-ca',
  'etcd/ca': 'etcd-ca',
};

export interface WantedLeaf {
  readonly crt: string;
  readonly key: string;
  readonly authority: AuthorityName;
  readonly request: LeafRequest;
}

export interface WantedKubeconfig {
  readonly path: string;
  readonly server: string;
  readonly request: LeafRequest;
}

export interface WantedInput {
  readonly spec: Spec;
  readonly node: Node;
  /** host:port of the API. */
  readonly endpoint: string;
}

/** kubeadm's certificates of a control-plane host (kubeadm: phases/certs/certlist.go, util/pkiutil GetAPIServerAltNames). */
export function controlPlaneLeaves({ spec, node, endpoint }: WantedInput): WantedLeaf[] {
  const name = node.spec.name;
  const etcdSans = subjects([name, 'localhost', node.address, '127.0.0.1', '::1']);
  const apiServerSans = subjects([
    name,
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${spec.network.domain}`,
    nthAddress(spec.network.serviceCIDR, 1),
    node.address,
    hostOf(endpoint),
    ...spec.apiServer.certSANs,
  ]);
  return [
    leaf('apiserver', 'ca', { commonName: 'kube-apiserver', usages: ['serverAuth'], sans: apiServerSans }),
    leaf('apiserver-kubelet-client', 'ca', client('kube-apiserver-kubelet-client')),
    leaf('front-proxy-client', 'front-proxy-ca', client('front-proxy-client')),
    leaf('etcd/server', 'etcd/ca', { commonName: name, usages: ['serverAuth', 'clientAuth'], sans: etcdSans }),
    leaf('etcd/peer', 'etcd/ca', { commonName: name, usages: ['serverAuth', 'clientAuth'], sans: etcdSans }),
    leaf('etcd/healthcheck-client', 'etcd/ca', client('kube-etcd-healthcheck-client')),
    leaf('apiserver-etcd-client', 'etcd/ca', client('kube-apiserver-etcd-client')),
  ];
}

/**
 * The kubelet's serving certificate, signed by the cluster CA so that the API server can verify it
 * (CIS 1.2.5); kubeadm leaves a self-signed one. Only addresses that do not come and go count.
 */
export function kubeletServing(node: Node): WantedLeaf {
  return {
    ...KUBELET_SERVING,
    authority: 'ca',
    request: {
      ...nodeIdentity(node.spec.name),
      usages: ['serverAuth'],
      sans: subjects([node.spec.name, node.address, node.spec.address]),
    },
  };
}

/** Kubeconfigs of a control-plane host, but for the kubelet's (kubeadm: phases/kubeconfig getKubeConfigSpecs). */
export function controlPlaneKubeconfigs({ spec, node, endpoint }: WantedInput): WantedKubeconfig[] {
  const local = localServer(node, spec);
  const shared = `https://${endpoint}`;
  return [
    kubeconfig('admin', shared, client('kubernetes-admin', 'kubeadm:cluster-admins')),
    kubeconfig('super-admin', shared, client('kubernetes-super-admin', 'system:masters')),
    kubeconfig('controller-manager', local, client('system:kube-controller-manager')),
    kubeconfig('scheduler', local, client('system:kube-scheduler')),
  ];
}

export function kubeletClient(name: string): LeafRequest {
  return { ...nodeIdentity(name), usages: ['clientAuth'], sans: [] };
}

/** URL of the API server on this very host: its kubelet and controllers must not depend on the shared endpoint. */
export function localServer(node: Node, spec: Spec): string {
  const host = node.address.includes(':') ? `[${node.address}]` : node.address;
  return `https://${host}:${spec.apiServer.port}`;
}

const nodeIdentity = (name: string): Pick<LeafRequest, 'commonName' | 'organization'> => ({
  commonName: `system:node:${name}`,
  organization: 'system:nodes',
});

function client(commonName: string, organization?: string): LeafRequest {
  return { commonName, ...(organization === undefined ? {} : { organization }), usages: ['clientAuth'], sans: [] };
}

const leaf = (name: string, authority: AuthorityName, request: LeafRequest): WantedLeaf => ({
  ...pkiPair(name),
  authority,
  request,
});
const kubeconfig = (name: string, server: string, request: LeafRequest): WantedKubeconfig => ({
  path: `/etc/kubernetes/${name}.conf`,
  server,
  request,
});

function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

/** Each name once; a certificate has no place for the zone of an IPv6 address. */
const subjects = (names: readonly string[]): string[] => [...new Set(names.map(withoutZone))];
