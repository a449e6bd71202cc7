import { datastoreOf } from '../../datastore/index.js';
import { isMember } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { mapLimit } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { sh, shellScript } from '../../shell/script.js';
import type { Check } from '../check.js';
import { parseEndpointLook } from './endpoint.js';
import type { EndpointLook } from './results.js';

const LOOK = shellScript('../probe/endpoint.sh', import.meta.url);
const SECONDS = 8;

/** Asks every control-plane host for the datastore outside of the cluster, in one round trip each. */
export async function lookForDatastoreServer(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
): Promise<ReadonlyMap<string, EndpointLook>> {
  const server = serverOf(spec);
  if (server === undefined) return new Map();
  const script = sh(LOOK, { args: [server.host, String(server.port), 'yes', String(SECONDS)] });
  const asking = nodes.filter(({ isControlPlane }) => isControlPlane).map(({ spec: { name } }) => name);
  const looks = await mapLimit(asking, spec.parallel, async (name) => {
    const { stdout } = (await connections.get(name)?.run(script, { timeoutSeconds: 2 * SECONDS + 10 })) ?? {};
    return stdout === undefined ? [] : [[name, parseEndpointLook(stdout)] as const];
  });
  return new Map(looks.flat());
}

/** Its password, its certificate and what is in it the server itself looks at, when it starts. */
export const datastoreServerCheck: Check = ({ facts, spec: { name } }, { spec, datastoreServer }) => {
  const look = datastoreServer?.get(name);
  const wanted = serverOf(spec);
  if (look === undefined || wanted === undefined) return [];
  const { host, port, title } = wanted;
  const base = {
    name: 'datastore-server',
    title: `${title} at ${host}:${String(port)}`,
    minimum: 'known and reached',
  };
  if (typeof look.name === 'string')
    return [
      {
        ...base,
        status: 'error',
        found:
          look.name === 'late'
            ? `no answer within ${String(SECONDS)} s to who ${host} is`
            : `${host} (datastoreServer.url) does not resolve on this host`,
        hint: `On ${name} \`getent hosts ${host}\` must give an address: put the name into DNS or into /etc/hosts there, or name an IP address in datastoreServer.url.`,
      },
    ];
  const addresses = look.name.join(', ');
  if (look.connection === 'timeout' || look.connection === 'failed')
    return [
      {
        ...base,
        // The cluster was there before; its pods run on while it is away.
        status: isMember(facts) ? 'warning' : 'error',
        found: `${addresses} ${look.connection === 'timeout' ? 'does not answer' : 'refuses connections'} at port ${String(port)}, seen from this host`,
        hint: `Start it, and let it listen for other hosts; look at firewalls between it and ${name}.`,
      },
    ];
  return [{ ...base, status: 'ok', found: addresses }];
};

function serverOf(spec: Spec): { readonly host: string; readonly port: number; readonly title: string } | undefined {
  const { outside, title } = datastoreOf(spec);
  if (outside === undefined || spec.datastoreServer === undefined) return undefined;
  return { ...outside.serverOf(spec.datastoreServer.url), title };
}
