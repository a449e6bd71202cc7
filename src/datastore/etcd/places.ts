import { hostPort } from '../../model/text/address.js';
import { PKI_DIR } from '../../pki/index.js';

/** kubeadm's, with a CA of its own. */
export const CERTIFICATES_DIR = `${PKI_DIR}/etcd`;

export const CLIENT_PORT = 2379;
export const PEER_PORT = 2380;
export const METRICS_PORT = 2381;

export const peerUrl = (address: string): string => `https://${hostPort(address, PEER_PORT)}`;

/** In the folder of the data, while a restore has taken the old ones away and not put the new ones there. */
export const REPLACING = 'kinit-replacing';
