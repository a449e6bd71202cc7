import {
  ENCRYPTION_CONFIG_PATH,
  KUBELET_CLIENT_FIRST,
  KUBELET_CONF,
  KUBELET_SERVING,
  pkiPair,
  SERVICE_ACCOUNT_KEYS,
} from '../paths.js';
import type { CertificateWishes, WantedLeaf } from './wishes.js';

/**
 * Every path planMaterial looks for among the facts of a control-plane host. Facts must collect all of them,
 * or what is there would be made anew on the next run.
 */
export function materialPaths({ authorities, leaves, kubeconfigs }: CertificateWishes): readonly string[] {
  return [
    ENCRYPTION_CONFIG_PATH,
    ...authorities.flatMap(({ name }) => Object.values(pkiPair(name))),
    ...folderByFolder(leaves).flatMap(({ crt, key }) => [crt, key]),
    SERVICE_ACCOUNT_KEYS.key,
    SERVICE_ACCOUNT_KEYS.pub,
    ...kubeconfigs.map(({ path }) => path),
    KUBELET_CONF,
    KUBELET_CLIENT_FIRST,
    ...Object.values(KUBELET_SERVING),
  ];
}

const folderByFolder = (leaves: readonly WantedLeaf[]): WantedLeaf[] =>
  [...leaves].sort((a, b) => a.crt.split('/').length - b.crt.split('/').length);
