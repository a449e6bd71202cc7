import { datastoreOf } from '../../datastore/index.js';
import type { PhaseContext } from '../../model/phase.js';
import { PKI_DIR } from '../../pki/index.js';

/** kube-apiserver's, by kubeadm (kubeadm 1.34-1.36: phases/controlplane getAPIServerCommand); hardening.ts has what goes over them. */
export function apiServerFlags(context: PhaseContext): Readonly<Record<string, string | undefined>> {
  const { spec, node } = context;
  return {
    ...datastoreOf(spec).apiServerFlags(context),
    'advertise-address': node.address,
    'allow-privileged': 'true',
    // A file of the user's says all of it: the API server refuses both (kubeadm: getAPIServerCommand).
    'authorization-mode': spec.apiServer.extraArgs['authorization-config'] === undefined ? 'Node,RBAC' : undefined,
    'client-ca-file': `${PKI_DIR}/ca.crt`,
    'enable-admission-plugins': 'NodeRestriction',
    'enable-bootstrap-token-auth': 'true',
    'kubelet-client-certificate': `${PKI_DIR}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${PKI_DIR}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
    'proxy-client-cert-file': `${PKI_DIR}/front-proxy-client.crt`,
    'proxy-client-key-file': `${PKI_DIR}/front-proxy-client.key`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': `${PKI_DIR}/front-proxy-ca.crt`,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'secure-port': String(spec.apiServer.port),
    'service-account-issuer': `https://kubernetes.default.svc.${spec.network.domain}`,
    'service-account-key-file': `${PKI_DIR}/sa.pub`,
    'service-account-signing-key-file': `${PKI_DIR}/sa.key`,
    'service-cluster-ip-range': spec.network.serviceCIDR,
    'tls-cert-file': `${PKI_DIR}/apiserver.crt`,
    'tls-private-key-file': `${PKI_DIR}/apiserver.key`,
  };
}
