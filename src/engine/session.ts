import type { KinitError } from '../model/error.js';
import { asKinitError } from '../model/error.js';
import type { Emit } from '../model/event.js';
import type { HostFacts } from '../model/facts.js';
import type { HostConnection } from '../model/host.js';
import type { HostSpec, LoadedInventory } from '../model/spec.js';
import { gatherFacts } from '../facts/index.js';
import { connect } from '../ssh/index.js';
import { mapLimit } from './limit.js';

export interface SessionOptions {
  readonly inventory: LoadedInventory;
  readonly acceptNewHostKeys: boolean;
  readonly signal: AbortSignal;
}

/** A host that answered, and what is known of it. */
export interface LiveHost {
  readonly spec: HostSpec;
  readonly connection: HostConnection;
  readonly facts: HostFacts;
}

/** A host that could not be reached or asked. */
export interface LostHost {
  readonly spec: HostSpec;
  readonly error: KinitError;
}

/** Connects to one host of the inventory, with the shared settings and its own. */
export function connectTo(host: HostSpec, { inventory, acceptNewHostKeys, signal }: SessionOptions): Promise<HostConnection> {
  const { ssh } = inventory.spec;
  const identityFile = host.ssh?.identityFile ?? ssh.identityFile;
  return connect({
    host: host.name,
    address: host.address,
    port: host.ssh?.port ?? ssh.port,
    user: host.ssh?.user ?? ssh.user,
    ...(identityFile === undefined ? {} : { identityFile }),
    knownHostsFile: ssh.knownHostsFile,
    acceptNewHostKeys,
    connectTimeoutSeconds: ssh.connectTimeoutSeconds,
    signal,
  });
}

/** Connects to the hosts side by side and asks each for its facts, in one round trip a host. */
export async function openHosts(
  hosts: readonly HostSpec[],
  options: SessionOptions & { readonly emit: Emit },
): Promise<{ live: LiveHost[]; lost: LostHost[] }> {
  const live: LiveHost[] = [];
  const lost: LostHost[] = [];
  await mapLimit(hosts, options.inventory.spec.parallel, async (spec) => {
    let connection: HostConnection | undefined;
    try {
      connection = await connectTo(spec, options);
      const facts = await gatherFacts(connection);
      live.push({ spec, connection, facts });
      options.emit({ type: 'host-connected', host: spec.name, description: `${facts.os.prettyName}, ${facts.arch}, ${facts.cpus} CPU, ${facts.memoryMB} MB` });
    } catch (thrown) {
      await connection?.close();
      lost.push({ spec, error: asKinitError(thrown).at({ host: spec.name, phase: 'connect' }) });
    }
  });
  const order = new Map(hosts.map((host, index) => [host.name, index]));
  live.sort((a, b) => (order.get(a.spec.name) ?? 0) - (order.get(b.spec.name) ?? 0));
  return { live, lost };
}

export async function closeHosts(hosts: readonly LiveHost[]): Promise<void> {
  await Promise.allSettled(hosts.map((host) => host.connection.close()));
}
