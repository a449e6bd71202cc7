import { hostPort } from '../../model/text/address.js';
import type { Spec } from '../../model/spec.js';
import { PKI_DIR } from '../../pki/index.js';

/** kubeadm's, with a CA of its own. */
export const CERTIFICATES_DIR = `${PKI_DIR}/etcd`;

export const CLIENT_PORT = 2379;
export const PEER_PORT = 2380;
export const METRICS_PORT = 2381;

/** A member's data, below its folder (etcd: server/storage/datadir). */
export const memberFolder = (dataDir: string): string => `${dataDir}/member`;

/** Its log, without which it has no data (etcd: server/storage/wal Exist). */
export const logFolder = ({ dataDir, extraArgs }: Spec['etcd']): string =>
  extraArgs['wal-dir'] ?? `${memberFolder(dataDir)}/wal`;

export const peerUrl = (address: string): string => `https://${hostPort(address, PEER_PORT)}`;
