import { hostCertificates, type HostCertificate } from '../../pki/index.js';
import { checkHostNames } from './select.js';
import { closeHosts, openHosts, type LiveHost, type LostHost, type SessionOptions } from './session.js';

export interface CertificatesSeen {
  readonly hosts: readonly { readonly host: string; readonly certificates: readonly HostCertificate[] }[];
  /** Hosts that gave no answer. */
  readonly lost: readonly LostHost[];
}

/** Every certificate of a cluster on the hosts named (default: all), by each host's own clock. Reads no key. */
export async function lookAtCertificates(
  options: SessionOptions & { readonly hosts?: readonly string[] },
): Promise<CertificatesSeen> {
  const { inventory, hosts } = options;
  checkHostNames(hosts, inventory);
  const wanted = inventory.spec.hosts.filter(({ name }) => hosts?.includes(name) ?? true);
  const { live, lost } = await openHosts(wanted, { ...options, emit: () => undefined });
  try {
    return { hosts: certificatesOn(live), lost };
  } finally {
    await closeHosts(live);
  }
}

/** By each host's own clock. */
export function certificatesOn(live: readonly LiveHost[]): CertificatesSeen['hosts'] {
  return live.map(({ spec, facts }) => ({
    host: spec.name,
    certificates: hostCertificates(facts.kubernetes.pki, new Date(Date.now() + facts.clockOffsetMs)),
  }));
}
