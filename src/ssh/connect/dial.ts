import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { AskSecret } from '../../model/secret.js';
import { credentials } from '../login/auth.js';
import type { Credentials } from '../login/auth.js';
import type { Target } from './errors.js';
import type { KeyRing } from '../keys/key-ring.js';
import { forward } from './forward.js';
import { login } from '../login/login.js';
import type { Hop } from './route.js';
import { hostTrust } from '../trust/trust.js';

export interface DialOptions {
  /** Inventory name of the host at the end. */
  readonly host: string;
  /** Unknown keys are written down and accepted; changed ones never are. */
  readonly acceptNewHostKeys: boolean;
  readonly connectTimeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly ask?: AskSecret;
}

/** A client that is logged in, and what to call instead of ending it: bastions are shared. */
export interface Dialled {
  readonly client: Client;
  readonly release: () => void;
}

/** Logs in to machines, through others where that is the way. One connection to a bastion serves all the hosts behind it. */
export interface Dialler {
  readonly dial: (route: readonly Hop[], options: DialOptions) => Promise<Dialled>;
}

interface Shared {
  readonly opening: Promise<Dialled>;
  users: number;
}

/** sshd drops connections while many log in at once (MaxStartups). Bounded by the connect timeout besides. */
const ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 2000;

export function createDialler(ring: KeyRing): Dialler {
  const bastions = new Map<string, Shared>();
  const proofs = new Map<string, Promise<Credentials>>();

  const credentialsFor = (hop: Hop, ask: AskSecret | undefined): Promise<Credentials> => {
    const key = JSON.stringify(hop);
    const known = proofs.get(key) ?? credentials(hop, ring, ask);
    proofs.set(key, known);
    return known;
  };

  const dial: Dialler['dial'] = async (route, options) => {
    const before = route.slice(0, -1);
    const hop = route.at(-1);
    if (hop === undefined) throw new KinitError('no way to a host', { class: 'internal', host: options.host });
    const isHost = hop.name === options.host;
    const via = before.length === 0 ? undefined : await share(before, options);
    try {
      const target: Target = {
        ...hop,
        ...(isHost ? { host: options.host } : {}),
        connectTimeoutSeconds: options.connectTimeoutSeconds,
      };
      const proof = await credentialsFor(hop, options.ask);
      const trust = () =>
        hostTrust({
          name: hop.name,
          ...(isHost ? { host: options.host } : {}),
          address: hop.address,
          port: hop.port,
          ...defined({ hostKeyAlias: hop.hostKeyAlias }),
          knownHostsFiles: hop.knownHostsFiles,
          acceptNewHostKeys: options.acceptNewHostKeys,
          behind: via !== undefined,
        });
      const client = await persist(options, async (patience) => {
        const sock = via === undefined ? undefined : await through(via.client, before.at(-1), target, patience);
        return login(target, {
          trust: trust(),
          credentials: proof,
          patience,
          signal: options.signal,
          ...defined({ sock }),
        });
      });
      return {
        client,
        release: () => {
          client.end();
          via?.release();
        },
      };
    } catch (error) {
      via?.release();
      throw error;
    }
  };

  /** A bastion with a connection of its own is asked for by its whole way. It ends with the last that uses it. */
  const share = async (route: readonly Hop[], options: DialOptions): Promise<Dialled> => {
    const key = JSON.stringify(route);
    const known = bastions.get(key);
    const shared: Shared = known ?? { opening: dial(route, options), users: 0 };
    if (known === undefined) {
      bastions.set(key, shared);
      const forget = (): void => void (bastions.get(key) === shared && bastions.delete(key));
      shared.opening.then(({ client }) => client.once('close', forget), forget);
    }
    shared.users += 1;
    const { client, release } = await shared.opening;
    let released = false;
    return {
      client,
      release: () => {
        if (released) return;
        released = true;
        shared.users -= 1;
        if (shared.users > 0) return;
        if (bastions.get(key) === shared) bastions.delete(key);
        release();
      },
    };
  };

  return { dial };
}

/** A stream from a bastion to the next machine; its own words, where it refuses. */
async function through(client: Client, bastion: Hop | undefined, target: Target, patience: number): Promise<Duplex> {
  const { name, address, port } = target;
  return forward(client, address, port, patience).catch((cause: unknown) => {
    const late = cause instanceof KinitError;
    throw new KinitError(`${bastion?.name ?? 'the bastion'} cannot reach ${name} (${address} port ${String(port)})`, {
      class: 'access',
      ...defined({ host: target.host }),
      tried: `open a TCP stream from ${bastion?.address ?? ''} to ${address} port ${String(port)}`,
      found:
        cause instanceof Error && !late ? cause.message : `nothing within ${String(target.connectTimeoutSeconds)} s`,
      hint: `Is ${name} up, and may ${bastion?.user ?? 'this user'} forward TCP there (AllowTcpForwarding, PermitOpen)? Try on the bastion: nc -vz ${address} ${String(port)}`,
      cause,
    });
  });
}

/** Tries again while the machine drops us before it has shown a key, within the connect timeout; not all at the same moment. */
async function persist(options: DialOptions, attempt: (patience: number) => Promise<Client>): Promise<Client> {
  const end = Date.now() + options.connectTimeoutSeconds * 1000;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(Math.max(1, end - Date.now()));
    } catch (error) {
      const pause = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** count) * (0.5 + Math.random());
      if (count === ATTEMPTS || !wasDropped(error) || (Date.now() + pause > end && count > 1)) throw error;
      await sleep(pause, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

function wasDropped(error: unknown): boolean {
  const cause = error instanceof KinitError ? error.context.cause : undefined;
  if (!(cause instanceof Error)) return false;
  return ('code' in cause && cause.code === 'ECONNRESET') || ('level' in cause && cause.level === 'protocol');
}
