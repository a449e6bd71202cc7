import { PKI_DIR } from '../../pki/index.js';

export const ID = 'external-etcd';

/** Where control-plane hosts have what they show it, and check it against: the places that kubeadm's documentation has for it. */
export const CA = `${PKI_DIR}/etcd/ca.crt`;
export const CERTIFICATE = `${PKI_DIR}/apiserver-etcd-client.crt`;
export const KEY = `${PKI_DIR}/apiserver-etcd-client.key`;
export const FOLDER = `${PKI_DIR}/etcd`;

/** The API server's own (k8s.io/apiserver: DefaultEtcdPathPrefix is kube-apiserver's). */
export const USUAL_PREFIX = '/registry';
/** The port of etcd for clients. */
export const CLIENT_PORT = 2379;

/** Says whose the keys below a prefix are. It stands below it too, for a user of etcd may have rights there only; no kind of object has this name. */
export const markOf = (prefix: string): string => `${prefix}/kinit-cluster`;
