import { BALANCER_HOST, balancerAddress } from '../../model/seams/node-endpoint.js';
import type { Spec } from '../../model/spec.js';
import { nthAddress } from '../../model/text/cidr.js';
import {
  CLUSTER_CA,
  clientRequest,
  localServer,
  subjects,
  wantedLeaf,
  type CertificateWishes,
  type WantedKubeconfig,
  type WishesInput,
} from '../../pki/index.js';

const FRONT_PROXY_CA = 'front-proxy-ca';

/** CAs that the API server's clients trust, and it trusts of them. */
export const API_AUTHORITIES = [CLUSTER_CA, FRONT_PROXY_CA];

/** kubeadm's certificates of an API server and its clients (kubeadm: phases/certs/certlist.go, phases/kubeconfig getKubeConfigSpecs). */
export function apiServerCertificates(input: WishesInput): CertificateWishes {
  const { pki } = input.spec;
  return {
    authorities: [
      { name: CLUSTER_CA, commonName: 'kubernetes', given: pki.ca },
      { name: FRONT_PROXY_CA, commonName: 'front-proxy-ca', given: pki.frontProxyCa },
    ],
    leaves: [
      wantedLeaf(
        'apiserver',
        CLUSTER_CA,
        { commonName: 'kube-apiserver', usages: ['serverAuth'], sans: servingNames(input) },
        input.spec.apiServer.port,
      ),
      wantedLeaf('apiserver-kubelet-client', CLUSTER_CA, clientRequest('kube-apiserver-kubelet-client')),
      wantedLeaf('front-proxy-client', FRONT_PROXY_CA, clientRequest('front-proxy-client')),
    ],
    kubeconfigs: kubeconfigs(input),
  };
}

/** kubeadm: util/pkiutil GetAPIServerAltNames. */
function servingNames({ spec, node, endpoint }: WishesInput): string[] {
  const names = [
    node.spec.name,
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${spec.network.domain}`,
    nthAddress(spec.network.serviceCIDR, 1),
    node.address,
    hostOf(endpoint),
    ...(balancerAddress(spec) === undefined ? [] : [BALANCER_HOST]),
    ...givenNames(spec),
  ];
  return subjects(names);
}

/** Names that the inventory gives, besides its endpoint. */
export function givenNames({ apiServer: { virtualAddress, certSANs } }: Spec): string[] {
  return [...(virtualAddress === undefined ? [] : [virtualAddress.address]), ...certSANs];
}

/** But for the kubelet's. */
function kubeconfigs({ spec, node, endpoint }: WishesInput): WantedKubeconfig[] {
  const local = localServer(node, spec);
  const shared = `https://${endpoint}`;
  const wanted = (name: string, server: string, user: string, organization?: string): WantedKubeconfig => ({
    path: `/etc/kubernetes/${name}.conf`,
    server,
    request: clientRequest(user, organization),
  });
  return [
    wanted('admin', shared, 'kubernetes-admin', 'kubeadm:cluster-admins'),
    wanted('super-admin', shared, 'kubernetes-super-admin', 'system:masters'),
    wanted('controller-manager', local, 'system:kube-controller-manager'),
    wanted('scheduler', local, 'system:kube-scheduler'),
  ];
}

function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
