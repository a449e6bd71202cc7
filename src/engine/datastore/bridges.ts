import { text } from '../../cluster/api/json.js';
import { readFiles } from '../../facts/index.js';
import type { ClusterApi } from '../../model/api.js';
import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import { contains, parseNetwork } from '../../model/text/cidr.js';
import { hostShareOf, type HostShare } from '../../network/index.js';
import { sh, shellScript } from '../../shell/script.js';
import type { LiveHost } from '../session/session.js';

const BRIDGE = shellScript('./bridge.sh', import.meta.url);

/** For all pods of a full node. */
const STOP_SECONDS = 300;

/**
 * A node that the backup knows with another share of the pod network than it has had since gets no pods: their bridge has an address
 * of the other one (the doctor's cause stale-cni). So it is after a cluster was made anew on its hosts.
 */
export async function renewBridges(api: ClusterApi, nodes: readonly LiveHost[], spec: Spec): Promise<void> {
  const made = hostShareOf(spec);
  if (made === undefined) return;
  for (const { spec: host, facts, connection } of nodes) {
    const node = await api.get({ apiVersion: 'v1', kind: 'Node', name: host.name });
    const share = text(node, 'spec', 'podCIDR');
    if (!isStale(facts, made.bridge, share)) continue;
    const { [made.subnetFile]: noted = '' } = await readFiles(connection, [made.subnetFile]);
    await connection.run(sh(BRIDGE, { args: [made.bridge, ...staleFiles(made, noted, share)] }), {
      timeoutSeconds: STOP_SECONDS,
      change: 'take the bridge of pods away',
    });
  }
}

/**
 * Files with another share than the cluster has. The network's pod may have started since, and written the new one: it does so once.
 * @param noted text of the subnet file; '' where there is none
 */
export function staleFiles(made: HostShare, noted: string, share: string | undefined): readonly string[] {
  const network = parseNetwork(share ?? '');
  const [address = ''] = made.subnet.exec(noted)?.[1]?.split('/') ?? [];
  return network !== undefined && contains(network, address) ? [] : [made.subnetFile, ...made.configuration];
}

/** @param share of the pod network, as the cluster has it for the node; undefined: none yet */
export function isStale(
  { addresses }: Pick<HostFacts, 'addresses'>,
  bridge: string,
  share: string | undefined,
): boolean {
  const network = parseNetwork(share ?? '');
  return network !== undefined && addresses.some((own) => own.interface === bridge && !contains(network, own.address));
}
