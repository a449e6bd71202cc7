import { clientRequest, subjects, wantedLeaf, type CertificateWishes, type WishesInput } from '../../pki/index.js';
import { CLIENT_PORT, PEER_PORT } from './places.js';

/** Below PKI_DIR. */
export const ETCD_CA = 'etcd/ca';

/** kubeadm's (phases/certs/certlist.go, util/pkiutil GetEtcdAltNames and GetEtcdPeerAltNames). */
export function etcdCertificates({ spec, node }: WishesInput): Omit<CertificateWishes, 'kubeconfigs'> {
  const { name } = node.spec;
  // Where it listens elsewhere, the inventory says so in words that are etcd's own.
  const { extraArgs } = spec.etcd;
  const serving = {
    commonName: name,
    usages: ['serverAuth', 'clientAuth'] as const,
    sans: subjects([name, 'localhost', node.address, '127.0.0.1', '::1']),
  };
  return {
    authorities: [{ name: ETCD_CA, commonName: 'etcd-ca', given: spec.pki.etcdCa }],
    leaves: [
      wantedLeaf('etcd/server', ETCD_CA, serving, 'listen-client-urls' in extraArgs ? undefined : CLIENT_PORT),
      wantedLeaf('etcd/peer', ETCD_CA, serving, 'listen-peer-urls' in extraArgs ? undefined : PEER_PORT),
      wantedLeaf('etcd/healthcheck-client', ETCD_CA, clientRequest('kube-etcd-healthcheck-client')),
      wantedLeaf('apiserver-etcd-client', ETCD_CA, clientRequest('kube-apiserver-etcd-client')),
    ],
  };
}
