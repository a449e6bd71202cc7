import { defined } from '../../model/defined.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { nodeEndpoint } from '../../model/seams/node-endpoint.js';
import { hostPort } from '../../model/text/address.js';
import { withoutZone } from '../../model/text/cidr.js';
import type { LeafRequest } from '../x509/certificate.js';
import { KUBELET_SERVING, pkiPair, ROOT_KUBECONFIG } from '../paths.js';

/** The CA that every node trusts; its kubelets' and kubeconfigs' certificates are signed by it. */
export const CLUSTER_CA = 'ca';

/** A CA by its name below PKI_DIR, for example 'ca' or 'front-proxy-ca'. */
export interface WantedAuthority {
  readonly name: string;
  readonly commonName: string;
  /** The user's own, where the inventory names one: files on the operator's machine. */
  readonly given?: { readonly certFile: string; readonly keyFile?: string | undefined } | undefined;
}

export interface WantedLeaf {
  readonly crt: string;
  readonly key: string;
  /** Name of the CA that signs it. */
  readonly authority: string;
  readonly request: LeafRequest;
  /** The port of its host, at the address that the cluster uses, that serves with it. Absent: none does. */
  readonly port?: number;
}

export interface WantedKubeconfig {
  readonly path: string;
  readonly server: string;
  readonly request: LeafRequest;
}

/**
 * What a form of the control plane and its datastore want made for one control-plane host. The order is the order
 * they are written in. The CAs are the same for every host, the cluster's among them.
 */
export interface CertificateWishes {
  readonly authorities: readonly WantedAuthority[];
  readonly leaves: readonly WantedLeaf[];
  readonly kubeconfigs: readonly WantedKubeconfig[];
}

export interface WishesInput {
  readonly spec: Spec;
  readonly node: Node;
  /** host:port of the API. */
  readonly endpoint: string;
}

/** A pair by kubeadm's name below PKI_DIR, for example 'apiserver'. @param port that serves with it */
export function wantedLeaf(name: string, authority: string, request: LeafRequest, port?: number): WantedLeaf {
  return { ...pkiPair(name), authority, request, ...defined({ port }) };
}

export function clientRequest(commonName: string, organization?: string): LeafRequest {
  return { commonName, ...defined({ organization }), usages: ['clientAuth'], sans: [] };
}

/** For a certificate's names: each once; it has no place for the zone of an IPv6 address. */
export function subjects(names: readonly string[]): string[] {
  return [...new Set(names.map(withoutZone))];
}

/**
 * The kubelet's serving certificate, signed by the cluster CA so that the API server can verify it
 * (CIS 1.2.5); kubeadm leaves a self-signed one. Only addresses that do not come and go count.
 */
export function kubeletServing(node: Node): WantedLeaf {
  return {
    ...KUBELET_SERVING,
    authority: CLUSTER_CA,
    request: {
      ...nodeIdentity(node.spec.name),
      usages: ['serverAuth'],
      sans: subjects([node.spec.name, node.address, node.spec.address]),
    },
  };
}

export function kubeletClient(name: string): LeafRequest {
  return { ...nodeIdentity(name), usages: ['clientAuth'], sans: [] };
}

/** Whether kubectl shall work for root on a host. */
export function kubectlWorksOn({ kubectl }: Spec, isControlPlane: boolean): boolean {
  return kubectl === 'all' || (kubectl === 'control-plane' && isControlPlane);
}

/** For root's kubectl, with the rights that kubeadm's admin.conf has (kubeadm: ClusterAdminsGroupAndClusterRoleBinding). */
export function rootKubeconfigs({ spec, node, endpoint }: WishesInput): WantedKubeconfig[] {
  if (!kubectlWorksOn(spec, node.isControlPlane)) return [];
  const request = clientRequest('kubernetes-admin', 'kubeadm:cluster-admins');
  return [{ path: ROOT_KUBECONFIG, server: `https://${nodeEndpoint({ spec, endpoint })}`, request }];
}

/** URL of the API server on this very host: its controllers, and its kubelet without a balancer of its own, must not depend on the shared endpoint. */
export function localServer(node: Node, spec: Spec): string {
  return `https://${hostPort(node.address, spec.apiServer.port)}`;
}

const nodeIdentity = (name: string): Pick<LeafRequest, 'commonName' | 'organization'> => ({
  commonName: `system:node:${name}`,
  organization: 'system:nodes',
});
