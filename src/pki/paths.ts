/** kubeadm's folder of certificates (kubeadm: constants.DefaultCertificateDir). */
export const PKI_DIR = '/etc/kubernetes/pki';

/** Key for secrets at rest; the API server reads it, kubeadm has no such file. Secret. */
export const ENCRYPTION_CONFIG_PATH = '/etc/kubernetes/encryption-config.yaml';

/** Symbolic link to the kubelet's client certificate in use; the kubelet moves it when it rotates. */
export const KUBELET_CLIENT_CURRENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';

/** Likewise of its serving certificate, once it has one of its own. */
export const KUBELET_SERVING_CURRENT = '/var/lib/kubelet/pki/kubelet-server-current.pem';

export const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';

/** Where kubectl looks when nothing else is said, for root. */
export const ROOT_KUBECONFIG = '/root/.kube/config';

export const KUBELET_SERVING = {
  crt: '/var/lib/kubelet/pki/kubelet.crt',
  key: '/var/lib/kubelet/pki/kubelet.key',
} as const;

/**
 * The first client certificate of a kubelet, with its key. The kubelet names those it gets by date (client-go: certificate_store)
 * and knows all of them only through the link; this one has a name that a run which is taken up finds again.
 */
export const KUBELET_CLIENT_FIRST = '/var/lib/kubelet/pki/kubelet-client-first.pem';

const pair = (name: string): { crt: string; key: string } => ({
  crt: `${PKI_DIR}/${name}.crt`,
  key: `${PKI_DIR}/${name}.key`,
});

/** Certificate and key paths below PKI_DIR by kubeadm's names, for example 'apiserver' or 'etcd/server'. */
export const pkiPair = pair;

/** kubeadm's pair; beside it, while another key replaces it, that one, and then the old one's public half. */
export const SERVICE_ACCOUNT_KEYS = {
  key: `${PKI_DIR}/sa.key`,
  pub: `${PKI_DIR}/sa.pub`,
  next: `${PKI_DIR}/sa-next.key`,
  former: `${PKI_DIR}/sa-former.pub`,
} as const;
