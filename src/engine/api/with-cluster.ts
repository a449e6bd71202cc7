import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { isControlPlane } from '../../model/spec.js';
import { CLUSTER_CA, parseKubeconfig, pkiPair } from '../../pki/index.js';
import { accessThrough, ADMIN_CONF, readFile, type AccessOptions } from './access.js';
import { endpointOf, toNode } from '../context.js';
import { certificatesOn, type CertificatesSeen } from '../session/certificates.js';
import { noClusterYet } from '../session/begun.js';
import { leaderOf, noControlPlane } from '../session/leader.js';
import { closeHosts, connectTo, openHosts, type SessionOptions } from '../session/session.js';

/** A running cluster, for commands that ask or change single things in it. */
export interface RunningCluster {
  readonly api: ClusterApi;
  readonly leader: HostConnection;
  /** Opens a connection to another host of the inventory; the caller closes it. */
  readonly connect: (name: string) => Promise<HostConnection>;
  /** host:port */
  readonly endpoint: string;
  readonly caPem: string;
  /** Whether a control-plane host that answers has the key of the cluster's CA: without it nobody gets a certificate by a token. */
  readonly signs: boolean;
  /** What is on the control-plane hosts that answer. */
  readonly certificates: CertificatesSeen['hosts'];
  /** What is public of the leader's certificates and keys, by path. */
  readonly pki: Readonly<Record<string, string>>;
  /** Text of admin.conf, read now. Secret. */
  readonly adminKubeconfig: () => Promise<string>;
}

/** Opens the API of the inventory's cluster, gives it to `use`, and closes everything again. */
export async function withCluster<T>(
  options: SessionOptions & Pick<AccessOptions, 'mayReadKeys'>,
  use: (cluster: RunningCluster) => Promise<T>,
): Promise<T> {
  const { inventory } = options;
  const hosts = inventory.spec.hosts.filter(isControlPlane);
  const { live, lost } = await openHosts(hosts, { ...options, incompleteFacts: true, emit: () => undefined });
  const leader = leaderOf(live);
  if (leader === undefined) throw lost[0]?.error ?? noControlPlane();
  try {
    const admin = leader.facts.kubernetes.pki[ADMIN_CONF];
    const access = accessThrough([leader], options);
    if (admin === undefined || access === undefined) {
      throw noClusterYet(`${ADMIN_CONF} does not exist`).at({ host: leader.spec.name });
    }
    try {
      return await use({
        api: await access.api(),
        leader: leader.connection,
        connect: (name) => {
          const spec = inventory.spec.hosts.find((host) => host.name === name);
          if (spec === undefined)
            throw new KinitError(`there is no host "${name}" in the inventory`, { class: 'usage' });
          return connectTo(spec, options);
        },
        endpoint: endpointOf(inventory.spec, toNode(leader)),
        caPem: parseKubeconfig(admin)?.caPem ?? '',
        signs: live.some(({ facts }) => facts.kubernetes.pki[pkiPair(CLUSTER_CA).key] !== undefined),
        certificates: certificatesOn(live),
        pki: leader.facts.kubernetes.pki,
        adminKubeconfig: () => readFile(leader.connection, ADMIN_CONF),
      });
    } finally {
      access.close();
    }
  } finally {
    await closeHosts(live);
  }
}
