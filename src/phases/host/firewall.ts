import { addOnTraces } from '../../add-ons/index.js';
import { keeperOf } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { networkOf, networkTraces } from '../../network/index.js';
import { HAND_ON_PORT } from '../../model/hand-on.js';
import { isControlPlane } from '../../model/spec.js';
import { osOf } from '../../os/index.js';
import * as resource from '../../resources/index.js';
import type { FirewallPort, FirewallWishes } from '../../resources/index.js';

/** Of the cluster's programs, without their families. */
const OWN_TABLES = [...addOnTraces.tables, ...networkTraces.tables].map((table) => table.split(' ').at(-1) ?? table);

export const firewall: Phase = {
  id: 'firewall',
  title: 'Firewall',
  appliesTo: ({ spec }) => spec.firewall !== 'keep',
  // A new node's address may have to be let in by the others.
  alsoOnOthers: true,
  resources: (context) => {
    if (context.spec.firewall === 'keep') return [];
    if (context.spec.firewall === 'off') return [resource.firewall({})];
    const nftables = { ruleset: osOf(context.node.facts).paths.nftablesRuleset, others: OWN_TABLES };
    return [resource.firewall({ open: wishes(context), nftables })];
  },
};

function wishes(context: PhaseContext): FirewallWishes {
  const { spec, node, addresses } = context;
  // Also of hosts that do not answer now: they come back.
  const others = Object.entries(addresses).filter(([name]) => name !== node.spec.name);
  // Control planes agree on who has a virtual address by a protocol without ports.
  const planes = new Set(spec.hosts.filter(isControlPlane).map(({ name }) => name));
  const keepers =
    keeperOf(spec) !== undefined && node.isControlPlane
      ? others.filter(([name]) => planes.has(name)).map(([, address]) => address)
      : [];
  // Without a tunnel, what a node itself sends to a pod of another node has the node's own address.
  return {
    ports: clusterPorts(context),
    pods: spec.network.podCIDR,
    peers: networkOf(spec).direct(spec) ? others.map(([, address]) => address) : [],
    ...(keepers.length === 0 ? {} : { sources: keepers }),
  };
}

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/, and the pod network's own. */
function clusterPorts({ spec, node }: PhaseContext): FirewallPort[] {
  const ports: FirewallPort[] = [
    { port: 10250, protocol: 'tcp' },
    { port: 10256, protocol: 'tcp' },
    { port: '30000-32767', protocol: 'tcp' },
    { port: '30000-32767', protocol: 'udp' },
  ];
  ports.push(
    ...networkOf(spec)
      .ports(spec)
      .map(({ port, protocol }) => ({ port, protocol })),
  );
  if (spec.artifacts.fanOut === 'tree') ports.push({ port: HAND_ON_PORT, protocol: 'tcp' });
  if (!node.isControlPlane) return ports;
  // A datastore's members talk to each other; a single one is asked by its own host only.
  const several = spec.hosts.filter(isControlPlane).length > 1;
  const { betweenMembers } = datastoreOf(spec).ports;
  const store: FirewallPort[] =
    several && betweenMembers !== undefined ? [{ port: betweenMembers, protocol: 'tcp' }] : [];
  return [{ port: spec.apiServer.port, protocol: 'tcp' }, ...store, ...ports];
}
