import type { KinitError } from '../../model/error.js';
import { asKinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { HostFacts } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import type { HostSpec, LoadedInventory } from '../../model/spec.js';
import { createConnector, hostAccess } from '../../ssh/index.js';
import type { Connector } from '../../ssh/index.js';
import { looksAtOnce, mapLimit } from '../../model/limit.js';
import { createHandOn } from '../hand-on/index.js';
import { factsOf } from './facts.js';
import { saveMemory } from './memory.js';

export interface SessionOptions {
  readonly inventory: LoadedInventory;
  readonly acceptNewHostKeys: boolean;
  readonly signal: AbortSignal;
  /** For what must work on a host that is ill: facts that could not be looked at are guessed, and named. */
  readonly incompleteFacts?: boolean;
}

export interface OpenHost {
  readonly spec: HostSpec;
  readonly connection: HostConnection;
}

/** A host that answered, and what is known of it. */
export interface LiveHost extends OpenHost {
  readonly facts: HostFacts;
}

/** A host that could not be reached or asked. */
export interface LostHost {
  readonly spec: HostSpec;
  readonly error: KinitError;
  /** A person has been told. */
  readonly told?: true;
}

/** The hosts of the inventory, in its order: those that answer, and those that do not. */
export interface OpenedHosts {
  readonly live: readonly LiveHost[];
  readonly lost: readonly LostHost[];
}

/** Connects to one host of the inventory, with the shared settings and its own. */
export function connectTo(
  host: HostSpec,
  { inventory, acceptNewHostKeys, signal }: SessionOptions,
  connect: Connector = createConnector({ ask: inventory.ask }),
): Promise<HostConnection> {
  return connect({ host: host.name, ...hostAccess(inventory.spec, host), acceptNewHostKeys, signal });
}

export interface SessionLock {
  /**
   * Called between connecting and asking, after it each host is claimed: what is seen of a host then is what no other run changes any
   * more. (A CA written by a run that ended between our look and our lock would be replaced by a second one.)
   */
  readonly take: (open: readonly OpenHost[]) => Promise<void>;
  /** Called with the hosts that answered. */
  readonly reached: (live: readonly LiveHost[]) => void;
}

/** Connects to the hosts side by side and asks each for its facts, in one round trip a host. */
export async function openHosts(
  hosts: readonly HostSpec[],
  {
    lock,
    ...options
  }: SessionOptions & {
    readonly emit: Emit;
    /** Given by runs that change hosts: the cluster's. */
    readonly lock?: SessionLock | undefined;
  },
): Promise<OpenedHosts> {
  saveMemory(hosts.length);
  const lost: LostHost[] = [];
  // Shared, so that one connection to a bastion serves all hosts behind it.
  const connect = createConnector({
    ask: options.inventory.ask,
    warn: (text) => options.emit({ type: 'warning', text }),
    atOnce: looksAtOnce(options.inventory.spec),
  });
  const connected = await reach(hosts, hosts.length, lost, async (spec) => ({
    spec,
    connection: await connectTo(spec, options, connect),
  }));
  try {
    await lock?.take(connected);
  } catch (error) {
    await closeHosts(connected);
    throw error;
  }
  const handOn = createHandOn(options.inventory.spec, options.emit);
  const live = await reach(connected, looksAtOnce(options.inventory.spec), lost, async (open) => {
    const facts = await (lock === undefined ? ask(open, options) : claimAndAsk(open, options));
    options.emit({
      type: 'host-connected',
      host: open.spec.name,
      description: `${facts.os.prettyName}, ${facts.arch}, ${facts.cpus} CPU, ${facts.memoryMB} MB`,
    });
    if (lock === undefined) return { ...open, facts };
    return { ...open, connection: handOn({ ...open, facts }), facts };
  });
  lock?.reached(live);
  return { live, lost };
}

function ask({ connection }: OpenHost, { inventory, incompleteFacts }: SessionOptions): Promise<HostFacts> {
  return factsOf(connection, inventory.spec, incompleteFacts);
}

/**
 * The questions are on the host already when its claim comes to its end: both cost the wait for one answer. Where it had to wait they are
 * asked once more, for the host's clock is judged by when they were sent.
 */
async function claimAndAsk(open: OpenHost, options: SessionOptions & { readonly emit: Emit }): Promise<HostFacts> {
  let waited = false;
  const onWait = (text: string): void => {
    waited = true;
    options.emit({ type: 'progress', host: open.spec.name, text });
  };
  const [, facts] = await Promise.all([open.connection.claim(onWait), ask(open, options)]);
  return waited ? ask(open, options) : facts;
}

/** What `step` gives for each host, in order; a host on which it fails is lost. */
async function reach<From extends HostSpec | OpenHost, To>(
  from: readonly From[],
  atOnce: number,
  lost: LostHost[],
  step: (host: From) => Promise<To>,
): Promise<To[]> {
  const results = await mapLimit(from, Math.max(1, atOnce), async (host) => {
    const [spec, connection] = 'connection' in host ? [host.spec, host.connection] : [host, undefined];
    try {
      return [await step(host)];
    } catch (thrown) {
      await connection?.close();
      lost.push({ spec, error: asKinitError(thrown).at({ host: spec.name, phase: 'connect' }) });
      return [];
    }
  });
  return results.flat();
}

export async function closeHosts(hosts: readonly OpenHost[]): Promise<void> {
  await Promise.allSettled(hosts.map((host) => host.connection.close()));
}
