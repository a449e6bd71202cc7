import { datastoreOf } from '../../datastore/index.js';
import { isMember } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { looksAtOnce } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import type { Check } from '../check.js';
import type { EndpointLook } from './results.js';
import { lookForServer, nameUnknown, notReached, type AskedServer } from './server-look.js';

/** Asks every control-plane host for the datastore outside of the cluster, in one round trip each. */
export async function lookForDatastoreServer(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
): Promise<ReadonlyMap<string, EndpointLook>> {
  const server = serverOf(spec);
  if (server === undefined) return new Map();
  const asking = nodes
    .filter(({ isControlPlane }) => isControlPlane)
    .flatMap(({ spec: { name } }) => connections.get(name) ?? []);
  return lookForServer(asking, server, true, looksAtOnce(spec));
}

/** Its password, its certificate and what is in it the server itself looks at, when it starts. */
export const datastoreServerCheck: Check = ({ facts, spec: { name } }, { spec, datastoreServer }) => {
  const look = datastoreServer?.get(name);
  const wanted = serverOf(spec);
  if (look === undefined || wanted === undefined) return [];
  const { host, port, title } = wanted;
  const base = {
    name: 'datastore-server',
    title: `${title} at ${host}:${port}`,
    minimum: 'known and reached',
  };
  if (typeof look.name === 'string')
    return [{ ...base, ...nameUnknown(name, look.name, wanted, 'datastoreServer.url') }];
  const addresses = look.name.join(', ');
  const silent = notReached(look, addresses, wanted);
  if (silent !== undefined)
    return [
      {
        ...base,
        // The cluster was there before; its pods run on while it is away.
        status: isMember(facts) ? 'warning' : 'error',
        found: silent,
        hint: `Start it, and let it listen for other hosts; look at firewalls between it and ${name}.`,
      },
    ];
  return [{ ...base, status: 'ok', found: addresses }];
};

function serverOf(spec: Spec): (AskedServer & { readonly title: string }) | undefined {
  const { outside, title } = datastoreOf(spec);
  if (outside === undefined || spec.datastoreServer === undefined) return undefined;
  const { host, port } = outside.serverOf(spec.datastoreServer.url);
  return { host, port: String(port), title };
}
