/** kubeadm's folder of certificates (kubeadm: constants.DefaultCertificateDir). */
export const PKI_DIR = '/etc/kubernetes/pki';

/** Key for secrets at rest; the API server reads it, kubeadm has no such file. Secret. */
export const ENCRYPTION_CONFIG_PATH = '/etc/kubernetes/encryption-config.yaml';

/** Symbolic link to the kubelet's client certificate in use; the kubelet moves it when it rotates. */
export const KUBELET_CLIENT_CURRENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';

export const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';

export const KUBELET_SERVING = { crt: '/var/lib/kubelet/pki/kubelet.crt', key: '/var/lib/kubelet/pki/kubelet.key' } as const;

const CLIENT_PEM = /^\/var\/lib\/kubelet\/pki\/kubelet-client-\d{4}(-\d\d){5}\.pem$/;

/** Where the first client certificate of a kubelet goes, by the kubelet's own naming (client-go: certificate_store, second precision, UTC). */
export function kubeletClientPem(now: Date): string {
  return `/var/lib/kubelet/pki/kubelet-client-${now.toISOString().slice(0, 19).replace(/[T:]/g, '-')}.pem`;
}

/** The planned target of KUBELET_CLIENT_CURRENT among a host's material; undefined when the kubelet already has one. */
export function plannedKubeletClientPem(material: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(material).find((path) => CLIENT_PEM.test(path));
}

const pair = (name: string): { crt: string; key: string } => ({ crt: `${PKI_DIR}/${name}.crt`, key: `${PKI_DIR}/${name}.key` });

/** Certificate and key paths below PKI_DIR by kubeadm's names, for example 'apiserver' or 'etcd/server'. */
export const pkiPair = pair;

/**
 * Every path planMaterial looks for among the facts of a host. Facts must collect all of them,
 * or what is there would be made anew on the next run.
 */
export const MATERIAL_PATHS: readonly string[] = [
  ENCRYPTION_CONFIG_PATH,
  ...[
    'ca', 'front-proxy-ca', 'etcd/ca', 'apiserver', 'apiserver-kubelet-client', 'front-proxy-client',
    'apiserver-etcd-client', 'etcd/server', 'etcd/peer', 'etcd/healthcheck-client',
  ].flatMap((name) => [pair(name).crt, pair(name).key]),
  `${PKI_DIR}/sa.key`,
  `${PKI_DIR}/sa.pub`,
  ...['admin', 'super-admin', 'controller-manager', 'scheduler', 'kubelet'].map((name) => `/etc/kubernetes/${name}.conf`),
  KUBELET_SERVING.crt,
  KUBELET_SERVING.key,
];
