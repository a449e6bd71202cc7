import { PKI_DIR } from '../../pki/index.js';

export const DATA_DIR = '/var/lib/kinit-datastore';
export const DATABASE = `${DATA_DIR}/state.db`;
/** In a folder that is root's alone. */
export const SOCKET = `${DATA_DIR}/datastore.sock`;

/** The folder of kubeadm for its etcd: the clients' side is the same, and stays when the cluster moves to etcd. */
export const CERTIFICATES_DIR = `${PKI_DIR}/etcd`;
