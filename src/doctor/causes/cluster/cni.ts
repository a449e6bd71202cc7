import { condition } from '../../../cluster/why/pods.js';
import { text } from '../../../cluster/api/json.js';
import { contains, parseNetwork } from '../../../model/text/cidr.js';
import { eachHost, type Cause } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { BRIDGES, isOfNetwork, READABLE, restartCommand, TUNNELS } from '../../networks.js';
import { nodeNamed, podsOn } from '../../read/cluster.js';
import { isRunning } from '../../read/units.js';
import { cniConfigs, linkAddresses } from '../../read/settings.js';

export const cniConfigMissing: Cause = {
  name: 'cni-config-missing',
  until: 'network',
  title: 'The node has no configuration of a pod network',
  symptom:
    'node NotReady: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message: cni plugin not initialized',
  sign: '/etc/cni/net.d is empty, and the node says that its network is not ready or its pods wait for one.',
  remedy: `Install a pod network, or restart its pod on that node, which writes the file: \`${restartCommand('NODE')}\`. \`kinit init\` writes it too.`,
  rank: 56,
  find: eachHost((host, evidence) => {
    if (cniConfigs(host).length > 0 || !isRunning(host, 'kubelet')) return undefined;
    const node = nodeNamed(evidence, host.host);
    const ready = node === undefined ? undefined : condition(node, 'Ready');
    // Before the pod network is installed every node is like that.
    if (
      node === undefined ||
      (ready?.status === 'True' ? !hasOverlay(evidence) : !/cni|network/i.test(ready?.message ?? ''))
    )
      return undefined;
    return {
      found: `/etc/cni/net.d is empty: pods get no network${ready?.status === 'True' ? '' : ' and the node is not Ready'}`,
      next: `restart the network's pod, which writes it: ${restartCommand(host.host)}`,
      kinit: '; kinit init writes it too',
    };
  }),
};

/** For people: the bridge they see. */
const BRIDGE = BRIDGES.join(' or ');

export const staleCni: Cause = {
  name: 'stale-cni',
  title: 'A bridge of an earlier cluster is in the way',
  symptom: `failed to create pod sandbox: plugin type="bridge" failed: failed to set bridge addr: "${BRIDGE}" already has an IP address different from 10.244.1.1/24`,
  sign: `${BRIDGE} has an address outside of the node's pod network (${READABLE.map(({ id }) => id).join(' or ')}'s subnet file, or podCIDR of the node).`,
  remedy: `Delete the link: \`ip link delete ${BRIDGE}\` (and \`${TUNNELS.map(({ link }) => link).join(', ')}\` where the whole network changed); the next pod makes it anew. \`kinit reset\` removes both; \`kubeadm reset\` does not.`,
  rank: 52,
  find: eachHost((host, evidence) => {
    const subnet = ownSubnet(host) ?? text(nodeNamed(evidence, host.host), 'spec', 'podCIDR');
    const bridges = BRIDGES.flatMap((link) => linkAddresses(host, link).map((address) => ({ link, address })));
    const stale = subnet === undefined ? undefined : bridges.find(({ address }) => !inside(address, subnet));
    if (stale === undefined) return undefined;
    const other = host.leftovers?.find(({ what }) => what.startsWith('/etc/cni/net.d/'));
    const waiting = podsOn(evidence, host.host).filter((pod) => text(pod, 'status', 'phase') === 'Pending').length;
    return {
      found: `${stale.link} has ${stale.address}, the pod network of the node is ${subnet ?? ''}: new pods cannot start${waiting > 0 ? ` (${waiting} wait)` : ''}`,
      next: `on ${host.host}: ${other === undefined ? '' : `first remove ${other.what}, which would make it so again; then `}ip link delete ${stale.link}; then delete the node's pods that have its addresses: they come back with right ones`,
    };
  }),
};

function hasOverlay({ cluster }: Evidence): boolean {
  return cluster?.workloads.some(({ metadata }) => isOfNetwork(metadata.name)) === true;
}

/** The host's share of the pod network, as the network itself wrote it down. */
function ownSubnet({ text: { cni = '' } }: HostEvidence): string | undefined {
  return READABLE.flatMap(({ signs }) => signs.subnet.exec(cni)?.[1] ?? [])[0];
}

/** Whether an IPv4 address with its prefix length lies in a network; both as 'a.b.c.d/n'. */
function inside(address: string, network: string): boolean {
  const range = parseNetwork(network);
  return range !== undefined && contains(range, address.split('/')[0] ?? '');
}
