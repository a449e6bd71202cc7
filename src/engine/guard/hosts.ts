import { controlPlaneOn } from '../../control-plane/index.js';
import { guardedOptions } from '../../inventory/guarded.js';
import { isMember, type HostFacts } from '../../model/facts.js';
import { isControlPlane, type HostSpec, type Spec } from '../../model/spec.js';
import { hostPort } from '../../model/text/address.js';
import { controlPlanesOf } from '../session/leader.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';
import { endpointFollows } from './virtual-address.js';

/** A host as the guard looks at it. */
export interface GuardedHost {
  readonly spec: HostSpec;
  readonly facts: HostFacts;
  /** As this run would take it. */
  readonly address: string;
}

/** What has changed about hosts: which are the control plane, their names, their addresses, and the endpoint that follows. */
export function changedHosts(spec: Spec, known: KnownCluster, live: readonly GuardedHost[]): Refusal[] {
  const mixedUp = mixedUpHosts(known, live);
  // Whatever else seems to have changed then comes of that.
  if (mixedUp.length > 0) return mixedUp;
  return [...changedNames(spec, known, live), ...changedRoles(spec, known, live), ...changedPlaces(spec, known, live)];
}

/** Machines that stand in the inventory under the name of another node: their addresses are mixed up. */
function mixedUpHosts({ nodes }: KnownCluster, live: readonly GuardedHost[]): Refusal[] {
  return live.flatMap(({ spec, facts: { machineId } }) => {
    if (machineId === '' || nodes[spec.name] === undefined || nodes[spec.name]?.machineId === machineId) return [];
    const [name] = Object.entries(nodes).find(([, node]) => node.machineId === machineId) ?? [];
    if (name === undefined) return [];
    return [
      {
        option: 'hosts[].address',
        there: `${spec.address} for ${name}`,
        wanted: `${spec.address} for ${spec.name}`,
        why: 'the machine that answers there is another node of the cluster',
        todo: `Give ${name} the address ${spec.address}, and ${spec.name} its own.`,
      },
    ];
  });
}

/** Workers of the cluster that the inventory does not name any more, for a person; undefined: none. They are left as they are. */
export function leftOut({ hosts }: Pick<Spec, 'hosts'>, { nodes }: Pick<KnownCluster, 'nodes'>): string | undefined {
  const named = new Set(hosts.map(({ name }) => name));
  const gone = Object.keys(nodes).filter((name) => nodes[name]?.controlPlane === false && !named.has(name));
  if (gone.length === 0) return undefined;
  return `no longer in the inventory: ${gone.sort().join(', ')}. What is a node of the cluster stays one, and kinit does nothing for it. To give a host back: kinit reset NAME with an inventory that has it; where the machine is gone: kubectl delete node NAME`;
}

function changedNames({ hosts }: Spec, { nodes }: KnownCluster, live: readonly GuardedHost[]): Refusal[] {
  const names = new Set(hosts.map(({ name }) => name));
  return live.flatMap(({ spec, facts }) => {
    if (!isMember(facts) || facts.machineId === '' || spec.name in nodes) return [];
    const [old] = Object.entries(nodes).find(([, { machineId }]) => machineId === facts.machineId) ?? [];
    return old === undefined || names.has(old) ? [] : [refusal('hosts[].name', old, spec.name)];
  });
}

/** Control planes come by init, and go by reset; a node is not made another kind of node where it stands. */
function changedRoles({ hosts }: Spec, { nodes }: KnownCluster, live: readonly GuardedHost[]): Refusal[] {
  const recorded = Object.keys(nodes).filter((name) => nodes[name]?.controlPlane === true);
  const seen = live.filter(({ facts }) => isMember(facts) && controlPlaneOn(facts.kubernetes.manifests) !== undefined);
  const there = [...new Set([...recorded, ...seen.map(({ spec }) => spec.name)])].sort();
  if (there.length === 0) return [];
  const wanted = hosts
    .filter(isControlPlane)
    .map(({ name }) => name)
    .sort();
  const workers = Object.keys(nodes).filter((name) => nodes[name]?.controlPlane === false);
  const gone = there.some((name) => !wanted.includes(name));
  // One that was given back since, and is no node any more, may come again as anything.
  const isFree = (name: string): boolean => live.some(({ spec, facts }) => spec.name === name && !isMember(facts));
  const risen = wanted.some((name) => workers.includes(name) && !isFree(name));
  if (!gone && !risen) return [];
  return [refusal('hosts[].roles', `control plane on ${there.join(', ')}`, `on ${wanted.join(', ')}`)];
}

function changedPlaces(spec: Spec, known: KnownCluster, live: readonly GuardedHost[]): Refusal[] {
  const moved = live.flatMap(({ spec: host, address }) => {
    const { address: there, controlPlane } = known.nodes[host.name] ?? {};
    if (controlPlane !== true || there === undefined || there === address || !isControlPlane(host)) return [];
    return [refusal('hosts[].internalAddress', `${there} for ${host.name}`, address)];
  });
  const leader = controlPlanesOf(live)[0];
  // Where the address or the port has changed, what follows from them need not be told too.
  if (moved.length > 0 || leader === undefined || known.endpoint === undefined || endpointFollows(spec, known))
    return moved;
  const wanted = spec.apiServer.endpoint ?? known.decisions['endpoint'] ?? defaultEndpoint(known, leader, spec);
  return wanted === known.endpoint ? [] : [refusal('apiServer.endpoint', known.endpoint, String(wanted))];
}

/** With the port as it was: a changed one is told by itself. */
function defaultEndpoint({ options }: KnownCluster, { address }: GuardedHost, { apiServer }: Spec): string {
  return hostPort(address, Number(options['apiServer.port'] ?? apiServer.port));
}

function refusal(option: string, there: string, wanted: string): Refusal {
  const { why = '', way = '' } = guardedOptions().find(({ path }) => path === option) ?? {};
  return { option, there, wanted, why, todo: `Give ${option} as the cluster has it. ${way}` };
}
