import { datastoreOf } from '../../datastore/index.js';
import type { CheckResult } from '../../model/check.js';
import { isMember } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { looksAtOnce, mapLimit } from '../../model/limit.js';
import type { DatastoreAccess, Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { hostPort } from '../../model/text/address.js';
import type { Check } from '../check.js';
import type { DatastoreLook } from './results.js';
import { lookForServer, nameUnknown, notReached, type AskedServer } from './server-look.js';

/** Asks every control-plane host for each place of the datastore outside of the cluster, and what answers there, as far as that can be seen. */
export async function lookForDatastoreServer(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
  access: DatastoreAccess,
): Promise<ReadonlyMap<string, readonly DatastoreLook[]>> {
  const { outside } = datastoreOf(spec);
  const server = spec.datastoreServer;
  if (outside === undefined || server === undefined) return new Map();
  const asking = nodes
    .filter(({ isControlPlane }) => isControlPlane)
    .flatMap(({ spec: { name } }) => connections.get(name) ?? []);
  const looks = await Promise.all(
    outside.places(server).map(async (place) => {
      const asked = { host: place.host, port: String(place.port) };
      const found = await lookForServer(asking, asked, true, looksAtOnce(spec));
      const said = await mapLimit(asking, looksAtOnce(spec), async (connection) => {
        const look = found.get(connection.host);
        if (outside.look === undefined || look?.connection !== 'reached') return look;
        const connect = (): ReturnType<HostConnection['connectTcp']> => connection.connectTcp(place.host, place.port);
        return { ...look, said: await outside.look({ place, server, access, connect }) };
      });
      return said;
    }),
  );
  return new Map(asking.map(({ host }, index) => [host, looks.flatMap((each) => each[index] ?? [])]));
}

/** Where nothing else can look at its password, its certificate and what is in it, the server itself does, when it starts. */
export const datastoreServerCheck: Check = (node, context) => {
  const looks = context.datastoreServer?.get(node.spec.name) ?? [];
  const results = placesOf(context.spec).flatMap((place, index) => {
    const look = looks[index];
    return look === undefined ? [] : [placeCheck(node, place, look)];
  });
  return [...results, ...contentsCheck(node, context, looks)];
};

function placeCheck({ facts, spec: { name } }: Node, asked: Place, look: DatastoreLook): CheckResult {
  const base = {
    name: 'datastore-server',
    title: `${asked.title} at ${asked.host}:${asked.port}`,
    minimum: 'known and reached',
  };
  // The cluster was there before; its pods run on while it is away.
  const status = isMember(facts) ? ('warning' as const) : ('error' as const);
  if (typeof look.name === 'string') return { ...base, ...nameUnknown(name, look.name, asked, asked.option) };
  const addresses = look.name.join(', ');
  const silent = notReached(look, addresses, asked);
  if (silent !== undefined) {
    const hint = `Start it, and let it listen for other hosts; look at firewalls between it and ${name}.`;
    return { ...base, status, found: silent, hint };
  }
  const wrong = look.said?.wrong;
  if (wrong === undefined) return { ...base, status: 'ok', found: addresses };
  const { found, hint } = wrong;
  const where = hostPort(asked.host, Number(asked.port));
  return { ...base, title: asked.title, minimum: 'an answer', status, found: `${where}: ${found}`, hint };
}

/** A cluster does not begin on what another one has, or had. */
function contentsCheck(
  node: Node,
  { spec, nodes }: Parameters<Check>[1],
  looks: readonly DatastoreLook[],
): CheckResult[] {
  const { outside, title } = datastoreOf(spec);
  const server = spec.datastoreServer;
  const keys = Math.max(-1, ...looks.map(({ said }) => said?.keys ?? -1));
  if (keys < 0 || outside?.begun === undefined || server === undefined) return [];
  const base = { name: 'datastore-contents', title: `Contents of ${title}`, minimum: "none, or this cluster's" };
  const first = nodes.find(({ isControlPlane }) => isControlPlane);
  if (node !== first) return [];
  const { begun } = outside;
  if (keys === 0 || nodes.some(({ isControlPlane, facts }) => isControlPlane && begun(server, facts)))
    return [{ ...base, status: 'ok', found: keys === 0 ? 'none' : 'of this cluster' }];
  return [
    {
      ...base,
      status: 'error',
      found: `${String(keys)} keys of another cluster, or of an earlier one`,
      hint: outside.another(server),
    },
  ];
}

interface Place extends AskedServer {
  readonly title: string;
  /** Of the inventory, for people. */
  readonly option: string;
}

function placesOf(spec: Spec): readonly Place[] {
  const { outside, title } = datastoreOf(spec);
  const server = spec.datastoreServer;
  if (outside === undefined || server === undefined) return [];
  const option = server.urls === undefined ? 'datastoreServer.url' : 'datastoreServer.urls';
  return outside.places(server).map(({ host, port }) => ({ host, port: String(port), title, option }));
}
