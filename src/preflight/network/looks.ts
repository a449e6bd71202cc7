import type { HostConnection } from '../../model/host.js';
import type { DatastoreAccess, Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import type { Looks } from '../check.js';
import { lookForDatastoreServer } from './datastore-server.js';
import { lookForEndpoint } from './endpoint.js';
import { tryForwarding } from './forwarding.js';
import { lookForVirtualAddress } from './virtual-address.js';
import { probeReachability, type Probed } from './reachability.js';

/** What only trying shows of the ways between hosts. Nothing on a host is changed; `ended`: what was put up for it is gone. */
export async function lookAround(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
  {
    signal,
    between,
    listen,
    datastoreAccess,
  }: {
    readonly signal: AbortSignal;
    /** Ways between hosts are tried too, not only ours to them. */
    readonly between: boolean;
    /** Listeners may be put up for that. */
    readonly listen: boolean;
    readonly datastoreAccess: DatastoreAccess;
  },
): Promise<Looks & Pick<Probed, 'ended'>> {
  const [forwarding, endpoint, virtualAddress, datastoreServer, probed] = await Promise.all([
    tryForwarding(connections, nodes, spec),
    between ? lookForEndpoint(connections, nodes, spec) : new Map<string, never>(),
    lookForVirtualAddress(connections, nodes, spec),
    between ? lookForDatastoreServer(connections, nodes, spec, datastoreAccess) : new Map<string, never>(),
    between && listen && nodes.length > 1 ? probeReachability(connections, nodes, spec, signal) : NOTHING_TRIED,
  ]);
  return { forwarding, endpoint, virtualAddress, datastoreServer, reachability: probed.results, ended: probed.ended };
}

const NOTHING_TRIED: Probed = { results: [], ended: Promise.resolve() };
