import { isIP } from 'node:net';
import { isMember } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { mapLimit } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { unbracketed } from '../../model/text/address.js';
import { sh, shellScript } from '../../shell/script.js';
import type { Check } from '../check.js';
import type { EndpointLook } from './results.js';

const LOOK = shellScript('../probe/endpoint.sh', import.meta.url);
const SECONDS = 8;

/** Asks every host for the endpoint that the inventory names, in one round trip each. */
export async function lookForEndpoint(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
): Promise<ReadonlyMap<string, EndpointLook>> {
  const { host, port } = endpointOf(spec) ?? {};
  if (host === undefined || port === undefined) return new Map();
  const connects = runsAlready(nodes, spec);
  if (!connects && (isIP(host) !== 0 || isInHostsFile(host, spec))) return new Map();
  const script = sh(LOOK, { args: [host, port, connects ? 'yes' : 'no', String(SECONDS)] });
  const looks = await mapLimit([...connections.values()], spec.parallel, async (connection) => {
    const { stdout } = await connection.run(script, { timeoutSeconds: 2 * SECONDS + 10 });
    return [connection.host, parseEndpointLook(stdout)] as const;
  });
  return new Map(looks);
}

export function parseEndpointLook(output: string): EndpointLook {
  const [first = '', second = ''] = output.trim().split('\n');
  const connection = (['reached', 'timeout', 'failed'] as const).find((word) => word === second);
  const [word, ...addresses] = first.trim().split(' ');
  return {
    name: word === 'resolved' ? addresses : word === 'late' ? 'late' : 'unknown',
    ...(connection === undefined ? {} : { connection }),
  };
}

/** Kubelets find the API server by this name: a host that does not know it never joins. */
export const endpointCheck: Check = ({ facts, spec: { name } }, { spec, endpoint }) => {
  const look = endpoint?.get(name);
  const wanted = endpointOf(spec);
  if (look === undefined || wanted === undefined) return [];
  const { host, port } = wanted;
  const base = { name: 'endpoint', title: `API endpoint ${host}:${port}`, minimum: 'known and reached' };
  // What kinit is about to write into the hosts file counts.
  if (typeof look.name === 'string' && !isInHostsFile(host, spec))
    return [
      {
        ...base,
        status: 'error',
        found:
          look.name === 'late'
            ? `no answer within ${String(SECONDS)} s to who ${host} is`
            : `${host} (apiServer.endpoint) does not resolve on this host`,
        hint: `On ${name} \`getent hosts ${host}\` must give an address: put the name into DNS or into /etc/hosts there, or name an IP address in apiServer.endpoint.`,
      },
    ];
  const addresses = typeof look.name === 'string' ? '' : look.name.join(', ');
  if (look.connection === 'timeout' || look.connection === 'failed')
    return [
      {
        ...base,
        // A node of the cluster has been there before; what is in between may be what this run mends.
        status: isMember(facts) ? 'warning' : 'error',
        found: `${addresses} ${look.connection === 'timeout' ? 'does not answer' : 'refuses connections'} at port ${port}, seen from this host`,
        hint: `The API server runs, and ${name} does not get to it by its endpoint. Look at the load balancer or address behind ${host}, and at firewalls between it and ${name}.`,
      },
    ];
  return [{ ...base, status: 'ok', found: addresses === '' ? 'becomes known by /etc/hosts' : addresses }];
};

function endpointOf({ apiServer }: Spec): { readonly host: string; readonly port: string } | undefined {
  const [, host, port] = /^(.+):(\d+)$/.exec(apiServer.endpoint ?? '') ?? [];
  return host === undefined || port === undefined ? undefined : { host: unbracketed(host), port };
}

function isInHostsFile(name: string, { manageHostsFile, hosts }: Spec): boolean {
  return manageHostsFile && hosts.some((host) => host.name === name);
}

function runsAlready(nodes: readonly Node[], { apiServer }: Spec): boolean {
  return nodes.some(
    ({ isControlPlane, facts }) =>
      isControlPlane &&
      isMember(facts) &&
      facts.listening.some(({ protocol, port }) => protocol === 'tcp' && port === apiServer.port),
  );
}
