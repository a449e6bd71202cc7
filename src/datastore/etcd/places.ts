import { hostPort } from '../../model/text/address.js';
import { PKI_DIR } from '../../pki/index.js';

/** kubeadm's, with a CA of its own. */
export const CERTIFICATES_DIR = `${PKI_DIR}/etcd`;

export const CLIENT_PORT = 2379;
export const PEER_PORT = 2380;
export const METRICS_PORT = 2381;

export const peerUrl = (address: string): string => `https://${hostPort(address, PEER_PORT)}`;
