import { isIP } from 'node:net';
import { isMember } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { looksAtOnce } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { unbracketed } from '../../model/text/address.js';
import type { Check } from '../check.js';
import type { EndpointLook } from './results.js';
import { isKept } from './virtual-address.js';
import { lookForServer, nameUnknown, notReached, type AskedServer } from './server-look.js';

/** Asks every host for the endpoint that the inventory names, in one round trip each. */
export async function lookForEndpoint(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
): Promise<ReadonlyMap<string, EndpointLook>> {
  const server = endpointOf(spec);
  if (server === undefined) return new Map();
  const { host } = server;
  const connects = runsAlready(nodes, spec) && !isToCome(nodes, spec, host);
  if (!connects && (isIP(host) !== 0 || isInHostsFile(host, spec))) return new Map();
  return lookForServer([...connections.values()], server, connects, looksAtOnce(spec));
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
    return [{ ...base, ...nameUnknown(name, look.name, wanted, 'apiServer.endpoint') }];
  const addresses = typeof look.name === 'string' ? '' : look.name.join(', ');
  const silent = notReached(look, addresses, wanted);
  if (silent !== undefined)
    return [
      {
        ...base,
        // A node of the cluster has been there before; what is in between may be what this run mends.
        status: isMember(facts) ? 'warning' : 'error',
        found: silent,
        hint: `The API server runs, and ${name} does not get to it by its endpoint. Look at the load balancer or address behind ${host}, and at firewalls between it and ${name}.`,
      },
    ];
  return [{ ...base, status: 'ok', found: addresses === '' ? 'becomes known by /etc/hosts' : addresses }];
};

function endpointOf({ apiServer }: Spec): AskedServer | undefined {
  const [, host, port] = /^(.+):(\d+)$/.exec(apiServer.endpoint ?? '') ?? [];
  return host === undefined || port === undefined ? undefined : { host: unbracketed(host), port };
}

/** A virtual address that no control plane keeps yet. */
function isToCome(nodes: readonly Node[], { apiServer: { virtualAddress } }: Spec, host: string): boolean {
  return virtualAddress !== undefined && isIP(host) !== 0 && !isKept(nodes, virtualAddress.address);
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
