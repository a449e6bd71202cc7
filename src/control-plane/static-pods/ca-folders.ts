import type { HostFacts } from '../../model/facts.js';
import { osOf } from '../../os/index.js';

/** Folders of the host's trusted CAs, which control-plane pods mount. kubeadm mounts those that exist. */
export function caFolders(facts: HostFacts): readonly string[] {
  return osOf(facts).paths.caFolders;
}

/** kubeadm's name for the volume. */
export function caVolumeName(path: string): string {
  return path === '/etc/ssl/certs' ? 'ca-certs' : path.slice(1).replaceAll('/', '-');
}
