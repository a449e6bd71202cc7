import { openApi } from '../../cluster/api/client.js';
import { pause, throwIfStopped, waitUntil } from '../../cluster/api/until.js';
import { lookAtApi } from '../../cluster/waits/api.js';
import { balancerOf, controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { nodeEndpoint } from '../../model/seams/node-endpoint.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { unbracketed } from '../../model/text/address.js';
import { parseKubeconfig } from '../../pki/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { accessThrough, adminKubeconfigOn, readFile, type ClusterAccess } from '../api/access.js';
import { apiPort } from '../api/port.js';
import { endpointOf, toNode } from '../context.js';
import { knownCluster, withKnownBalancer } from '../guard/index.js';
import { noClusterYet } from '../session/begun.js';
import { requireLeader } from '../session/leader.js';
import { clusterLock, whileHeld } from '../session/lock.js';
import { closeHosts, openHosts, type LiveHost, type LostHost } from '../session/session.js';
import type { CareOptions } from '../datastore/work.js';
import { startClients, type ClientsSeen } from './clients.js';
import { serverOf } from './server-of.js';
import { requireWell } from './well.js';

const KILL = shellScript('./kill.sh', import.meta.url);
/** Seconds that clients are watched before, so that one sees that they work, and at least after. */
const BEFORE = 3;
const AFTER = 10;
/** Seconds within which the API server that was killed is ready again: a kubelet waits before it starts a container anew. */
const BACK = 180;

/** What clients on a node saw when an API server was killed. */
export interface FailoverSeen extends ClientsSeen {
  /** Host whose API server was killed. */
  readonly killed: string;
  /** Node that the clients were on. */
  readonly on: string;
  /** host:port that nodes reach the API at. */
  readonly through: string;
  /** Seconds until that API server was ready again. */
  readonly back: number;
}

/**
 * Kills the API server that clients on a node are connected to, and counts how long they wait for another one. Nothing is changed for longer than
 * that: who keeps the API server starts it again. @throws KinitError refused, where the cluster is not well or has no other API server
 */
export async function checkFailover(
  options: CareOptions & { readonly lock: NonNullable<CareOptions['lock']> },
): Promise<FailoverSeen> {
  const lock = clusterLock('check ha', options);
  const { live, lost } = await openHosts(options.inventory.spec.hosts, { ...options, lock });
  try {
    return await whileHeld(lock, options.signal, (signal) => check({ live, lost }, { ...options, signal }));
  } finally {
    await lock.release().catch(() => undefined);
    await closeHosts(live);
  }
}

async function check(
  { live, lost }: { readonly live: readonly LiveHost[]; readonly lost: readonly LostHost[] },
  options: CareOptions,
): Promise<FailoverSeen> {
  const { signal, emit } = options;
  const leader = requireLeader(live, lost);
  const known = await knownCluster({ ...options, leader, live, mayReadKeys: true });
  if (!known.exists) throw noClusterYet();
  const inventory = withKnownBalancer(options.inventory, known);
  const servers = live.filter((host) => isControlPlane(host.spec) && isMember(host.facts));
  const through = throughOf(inventory, servers, endpointOf(inventory.spec, toNode(leader), known.decisions));
  await requireWell({ inventory, live, lost, servers, known, signal });
  await options.agree?.();
  const node = live.find(({ spec }) => !isControlPlane(spec)) ?? (live.at(-1) as LiveHost);
  const accesses = new Map<string, ClusterAccess>();
  const clients: ClusterApi[] = [];
  try {
    for (const server of servers) {
      const access = accessThrough([server], { inventory, signal, mayReadKeys: true });
      if (access !== undefined) accesses.set(server.spec.name, access);
    }
    const credentials = await credentialsOf(servers);
    const client = (): ClusterApi => {
      const at = through.lastIndexOf(':');
      const [address, port] = [unbracketed(through.slice(0, at)), Number(through.slice(at + 1))];
      const { connection } = node;
      const connectTcp = (to: string, atPort: number): ReturnType<typeof connection.connectTcp> =>
        connection.connectTcp(to, atPort);
      const api = openApi({ host: node.spec.name, connectTcp, address, port, ...credentials, signal });
      clients.push(api);
      return api;
    };
    const [writer, reader] = [client(), client()];
    const killed = await serverOf(writer, accesses);
    const victim = servers.find(({ spec }) => spec.name === killed) as LiveHost;
    const stop = await startClients({ writer, reader, signal });
    const progress = (text: string): void => emit({ type: 'progress', host: killed, text });
    try {
      await seconds(BEFORE, signal);
      progress(`killing its API server, which clients on ${node.spec.name} are connected to`);
      await kill(victim, inventory);
      const began = performance.now();
      const [back] = await Promise.all([
        backAgain(accesses.get(killed), killed, { began, signal, progress }),
        seconds(AFTER, signal),
      ]);
      return { killed, on: node.spec.name, through, back, ...(await stop()) };
    } catch (thrown) {
      // What was written goes also where there is nothing to count.
      await stop().catch(() => undefined);
      throw thrown;
    }
  } finally {
    for (const api of clients) api.close();
    for (const access of accesses.values()) access.close();
  }
}

/** host:port at which nodes reach the API. @throws KinitError refused, where there is nothing to fail over to */
export function throughOf({ spec }: LoadedInventory, servers: readonly LiveHost[], endpoint: string): string {
  if (servers.length < 2)
    throw refused(
      'the cluster has one control plane: there is no other API server to go over to',
      'Its API would be away for as long as that takes to start, 10 to 60 s. docs/high-availability.md says how to get from one to three.',
    );
  if (controlPlaneOf(spec).datastoreAs === 'process' && datastoreOf(spec).members !== undefined && servers.length < 3)
    throw refused(
      'the API server of this form takes its member of the datastore along, and of two none may be away',
      'Check it with three control planes.',
    );
  if (balancerOf(spec) === undefined && spec.apiServer.endpoint === undefined)
    throw refused(
      `nodes reach the API at ${endpoint}, which is one control plane alone`,
      'apiServer.balancer: local in the inventory, then kinit init, brings every node a balancer; or name yours as apiServer.endpoint.',
    );
  return nodeEndpoint({ spec, endpoint });
}

function refused(message: string, hint: string): KinitError {
  return new KinitError(`${message}; nothing was touched`, { class: 'refused', hint });
}

/** The administrator's, from a host that has them. Secret. */
async function credentialsOf(
  servers: readonly LiveHost[],
): Promise<{ caPem: string; certPem: string; keyPem: string }> {
  for (const { facts, connection } of servers) {
    const path = adminKubeconfigOn(facts);
    const { caPem, certPem, keyPem } =
      path === undefined ? {} : (parseKubeconfig(await readFile(connection, path)) ?? {});
    if (caPem !== undefined && certPem !== undefined && keyPem !== undefined) return { caPem, certPem, keyPem };
  }
  throw new KinitError('no control plane has a kubeconfig of an administrator that can be used', {
    class: 'access',
    hint: 'kinit certs list says what is there; kinit init makes what is missing.',
  });
}

/** Its process listens at the port, so it is no other that a pod may have. */
async function kill(host: LiveHost, { spec }: LoadedInventory): Promise<void> {
  const { facts, connection } = host;
  const { name } = host.spec;
  const { apiServer } = controlPlaneOf(spec).components;
  const port = apiPort(host, spec);
  const pid = facts.listening.find((socket) => socket.protocol === 'tcp' && socket.port === port)?.pid;
  const { code, stderr } = await connection.run(sh(KILL, { args: [String(pid ?? ''), apiServer] }), {
    timeoutSeconds: 20,
  });
  if (code === 0) return;
  throw new KinitError('its API server could not be killed', {
    class: 'change',
    host: name,
    tried: `kill -9 of the process that listens at port ${String(port)}`,
    found: stderr.trim() || 'ss(8) does not say which process that is',
    hint: 'It may have been started anew meanwhile: run the same command again.',
  });
}

/** Seconds until the API server that was killed is ready again. */
async function backAgain(
  access: ClusterAccess | undefined,
  host: string,
  { began, signal, progress }: { began: number; signal: AbortSignal; progress: (text: string) => void },
): Promise<number> {
  let away = false;
  await waitUntil({
    what: `the API server of ${host} to be ready again`,
    timeoutSeconds: BACK,
    progress,
    signal,
    look: async () => {
      const seen = access === undefined ? NO_WAY : await lookAtApi(await access.api(), '/readyz');
      // The connection to the one that is gone may be found broken a moment later.
      away ||= !seen.done;
      return seen.done && !away && performance.now() - began < NOTICED_MS ? STILL_THERE : seen;
    },
    hint: 'kinit doctor looks for the cause. Its kubelet, or systemd, starts it again.',
  });
  return Math.round((performance.now() - began) / 100) / 10;
}

/** Milliseconds after which an API server that answers is the one that was started anew. */
const NOTICED_MS = 2000;
const NO_WAY = { done: false, missing: 'there is no way to ask it' } as const;
const STILL_THERE = { done: false, missing: 'it is being killed' } as const;

async function seconds(number: number, signal: AbortSignal): Promise<void> {
  await pause(number * 1000, signal);
  throwIfStopped(signal, 'clients to be watched');
}
