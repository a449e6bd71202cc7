import { isIP } from 'node:net';
import { addOns } from '../add-ons/index.js';
import { isMember } from '../model/facts.js';
import { oncePer } from '../model/once.js';
import type { Node } from '../model/phase.js';
import type { Decisions, RecordedMove, RecordedNode } from '../model/record.js';
import type { Spec } from '../model/spec.js';
import { networkOf } from '../network/index.js';
import type { KnownCluster } from './guard/cluster.js';

export const nodesByName = oncePer(
  (nodes: readonly Node[]): ReadonlyMap<string, Node> => new Map(nodes.map((node) => [node.spec.name, node])),
);

/** What the inventory leaves to kinit: as it was decided before, else from the hosts of this run. */
export function decide({
  spec,
  nodes,
  endpoint,
  known,
}: {
  readonly spec: Spec;
  readonly nodes: readonly Node[];
  readonly endpoint: string;
  readonly known: Pick<KnownCluster, 'decisions'>;
}): Decisions {
  const deciders = [...addOns.map(({ decides }) => decides), networkOf(spec).decides];
  return {
    ...(spec.apiServer.endpoint === undefined ? { endpoint } : {}),
    ...deciders.reduce((all, decider) => ({ ...all, ...decider?.decide(spec, nodes, known.decisions) }), {}),
  };
}

/** Of every host of the inventory: a host that does not answer keeps what the record has, or what the inventory gives it. */
export function addressesOf(
  spec: Spec,
  nodes: readonly Node[],
  { nodes: recorded }: Pick<KnownCluster, 'nodes'>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    spec.hosts.flatMap(({ name, internalAddress, address }) => {
      const live = nodesByName(nodes).get(name)?.address;
      const given = internalAddress ?? (isIP(address) === 0 ? undefined : address);
      const found = live ?? given ?? recorded[name]?.address;
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

/** The nodes of the cluster once the run is through, for its record: those that answer as they are now, the others as they were. */
export function membersOf(
  spec: Spec,
  nodes: readonly Node[],
  { nodes: recorded }: Pick<KnownCluster, 'nodes'>,
  selected: ReadonlySet<string>,
): Readonly<Record<string, RecordedNode>> {
  return Object.fromEntries(
    spec.hosts.flatMap(({ name }): [string, RecordedNode][] => {
      const live = nodesByName(nodes).get(name);
      const joins = live !== undefined && (isMember(live.facts) || selected.has(name));
      if (joins) {
        const { address, isControlPlane: controlPlane, facts } = live;
        return [[name, { address, controlPlane, machineId: facts.machineId }]];
      }
      const before = recorded[name];
      return before === undefined ? [] : [[name, before]];
    }),
  );
}

/** What an earlier run left on its way, without that of hosts that have left the cluster since. */
export function movesOf(nodes: readonly Node[], { moves }: Pick<KnownCluster, 'moves'>): readonly RecordedMove[] {
  const left = new Set(nodes.filter(({ facts }) => !isMember(facts)).map(({ spec }) => spec.name));
  return moves.filter(({ node }) => node === undefined || !left.has(node));
}
