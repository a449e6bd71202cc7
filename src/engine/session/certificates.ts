import { serves } from '../../cluster/waits/served.js';
import { certificateWishes } from '../../control-plane/index.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import { hostCertificates, KUBELET_SERVING, KUBELET_SERVING_CURRENT, type HostCertificate } from '../../pki/index.js';
import { endpointOf, toNode } from '../context.js';
import { noClusterYet } from './begun.js';
import { checkHostNames } from '../../inventory/index.js';
import { closeHosts, openHosts, type LiveHost, type LostHost, type SessionOptions } from './session.js';

/** A certificate, and whether what serves with it does so already. */
export interface SeenCertificate extends HostCertificate {
  /** The port that serves with it; absent: none does, or it was not asked. */
  readonly port?: number;
  /** no: with another one, that it has read earlier. unknown: the port showed none. */
  readonly served?: 'yes' | 'no' | 'unknown';
}

export interface CertificatesSeen {
  readonly hosts: readonly { readonly host: string; readonly certificates: readonly SeenCertificate[] }[];
  /** Hosts that gave no answer. */
  readonly lost: readonly LostHost[];
}

/**
 * Every certificate of a cluster on the hosts named (default: all), by each host's own clock; ports are asked. Reads no key. Throws
 * 'access' where there is none.
 */
export async function lookAtCertificates(
  options: SessionOptions & { readonly hosts?: readonly string[] },
): Promise<CertificatesSeen> {
  const { inventory, hosts } = options;
  checkHostNames(hosts, inventory);
  const wanted = inventory.spec.hosts.filter(({ name }) => hosts?.includes(name) ?? true);
  const { live, lost } = await openHosts(wanted, { ...options, emit: () => undefined });
  try {
    const seen = certificatesOn(live);
    if (lost.length === 0 && seen.every(({ certificates }) => certificates.length === 0)) throw noClusterYet();
    const asked = live.map(async (host, index) => {
      const ports = portsOf(host, inventory.spec);
      const all = seen[index]?.certificates ?? [];
      const certificates = all.map((each) => withPort(each, host, ports.get(each.path)));
      return { host: host.spec.name, certificates: await Promise.all(certificates) };
    });
    return { hosts: await Promise.all(asked), lost };
  } finally {
    await closeHosts(live);
  }
}

/** By each host's own clock. */
export function certificatesOn(live: readonly LiveHost[]): CertificatesSeen['hosts'] {
  const keyless = keylessOn(live);
  return live.map(({ spec, facts }) => ({
    host: spec.name,
    certificates: hostCertificates(facts.kubernetes.pki, new Date(Date.now() + facts.clockOffsetMs), keyless),
  }));
}

/** CAs (PEM) that control-plane hosts have without a key. */
function keylessOn(live: readonly LiveHost[]): readonly string[] {
  const found = live.filter(({ spec }) => isControlPlane(spec)).map(({ facts }) => facts.kubernetes.pki);
  const has = (path: string): boolean => found.some((files) => files[path] !== undefined);
  const all = found.flatMap((files) => Object.entries(files));
  const authorities = all.filter(([path]) => /\/(?:[a-z-]+-)?ca\.crt$/.test(path));
  return [...new Set(authorities.flatMap(([path, pem]) => (has(path.replace(/crt$/, 'key')) ? [] : [pem])))];
}

/** By path of the certificate. */
function portsOf(host: LiveHost, spec: Spec): ReadonlyMap<string, number> {
  const kubelet = new Map([KUBELET_SERVING.crt, KUBELET_SERVING_CURRENT].map((path) => [path, KUBELET_PORT]));
  if (!isControlPlane(host.spec)) return kubelet;
  const node = toNode(host);
  const { leaves } = certificateWishes({ spec, node, endpoint: endpointOf(spec, node) });
  return new Map([
    ...kubelet,
    ...leaves.flatMap(({ crt, port }) => (port === undefined ? [] : [[crt, port] as const])),
  ]);
}

/** The kubelet's default, which firewalls and checks count on as well. */
const KUBELET_PORT = 10250;

async function withPort(
  certificate: HostCertificate,
  host: LiveHost,
  port: number | undefined,
): Promise<SeenCertificate> {
  if (port === undefined) return certificate;
  const { path } = certificate;
  const { address } = toNode(host);
  const pem = host.facts.kubernetes.pki[path] ?? '';
  const right = await serves(host.connection, { address, port, path, pem });
  return { ...certificate, port, served: right === undefined ? 'unknown' : right ? 'yes' : 'no' };
}
