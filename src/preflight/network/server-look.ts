import type { HostConnection } from '../../model/host.js';
import { mapLimit } from '../../model/limit.js';
import { sh, shellScript } from '../../shell/script.js';
import type { EndpointLook } from './results.js';

const LOOK = shellScript('../probe/endpoint.sh', import.meta.url);
const SECONDS = 8;

/** A server that hosts ask for by its name. */
export interface AskedServer {
  readonly host: string;
  readonly port: string;
}

/** Asks each of these hosts for a server, in one round trip each. @param connects whether it is connected to, too */
export async function lookForServer(
  connections: readonly HostConnection[],
  { host, port }: AskedServer,
  connects: boolean,
  parallel: number,
): Promise<ReadonlyMap<string, EndpointLook>> {
  const script = sh(LOOK, { args: [host, port, connects ? 'yes' : 'no', String(SECONDS)] });
  const looks = await mapLimit(connections, parallel, async (connection) => {
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

/** What is wrong with the server's name on a host, as a check says it. @param option of the inventory, which has the name */
export function nameUnknown(
  name: string,
  look: Exclude<EndpointLook['name'], readonly string[]>,
  { host }: AskedServer,
  option: string,
): { readonly status: 'error'; readonly found: string; readonly hint: string } {
  return {
    status: 'error',
    found:
      look === 'late'
        ? `no answer within ${String(SECONDS)} s to who ${host} is`
        : `${host} (${option}) does not resolve on this host`,
    hint: `On ${name} \`getent hosts ${host}\` must give an address: put the name into DNS or into /etc/hosts there, or name an IP address in ${option}.`,
  };
}

/** How a connection went that was not made, in words; undefined: it was made, or none was tried. */
export function notReached(look: EndpointLook, addresses: string, { port }: AskedServer): string | undefined {
  if (look.connection !== 'timeout' && look.connection !== 'failed') return undefined;
  return `${addresses} ${look.connection === 'timeout' ? 'does not answer' : 'refuses connections'} at port ${port}, seen from this host`;
}
