import type { HostFacts } from '../../model/facts.js';

const FIRST = '/etc/ssl/certs';

/** Folders of the host's trusted CAs, which control-plane pods mount. kubeadm mounts those that exist: the first holds links into them, or is one. */
export function caFolders(family: HostFacts['os']['family']): readonly string[] {
  return [
    FIRST,
    ...(family === 'redhat'
      ? ['/etc/pki/ca-trust', '/etc/pki/tls/certs']
      : ['/etc/ca-certificates', '/usr/local/share/ca-certificates', '/usr/share/ca-certificates']),
  ];
}

/** kubeadm's name for the volume. */
export function caVolumeName(path: string): string {
  return path === FIRST ? 'ca-certs' : path.slice(1).replaceAll('/', '-');
}
