import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { limiter } from '../../model/limit.js';
import type { AskSecret } from '../../model/secret.js';
import type { Access } from '../login/access.js';
import { createChannels } from '../shell/channels.js';
import { claim, ofOurs } from '../shell/claim.js';
import { openConfig } from '../config/index.js';
import type { Lookup } from '../config/index.js';
import { createDialler } from './dial.js';
import type { Link } from '../shell/exec.js';
import { jobText, streamText } from '../shell/job.js';
import { createKeyRing } from '../keys/key-ring.js';
import { pipe } from '../transfer/pipe.js';
import { findRoute, type Route } from './route.js';
import { createRootShell } from '../shell/shell.js';
import { connectSocket } from './socket.js';
import { connectTcp } from './tcp.js';
import { createAhead } from '../transfer/parts/ahead.js';
import { bring, isFar } from '../transfer/parts/bring.js';
import { keptPart } from '../transfer/parts/slices.js';
import { upload } from '../transfer/upload.js';

export interface ConnectOptions extends Access {
  /** Inventory name. */
  readonly host: string;
  /** Unknown keys are written down and accepted; changed ones never are. */
  readonly acceptNewHostKeys: boolean;
  /** Stops connecting. An open connection is not touched by it: whoever works on it decides what to finish. */
  readonly signal: AbortSignal;
}

/**
 * Connects to hosts: verifies host keys on the whole way, logs in and opens a root shell. Hosts behind the same bastion
 * share one connection to it. Rejects with KinitError 'access' and a next step for everything that keeps us out.
 */
export type Connector = (options: ConnectOptions) => Promise<HostConnection>;

const CLOSE_MS = 2000;

export interface ConnectorOptions {
  /** How to get a secret that the inventory names no place for; absent without a terminal. */
  readonly ask?: AskSecret | undefined;
  /** Told what a person should know and no host says. */
  readonly warn?: (text: string) => void;
  /** How many are connected to at once. Where their ways lead is asked before, of all together. Absent: all. */
  readonly atOnce?: number;
}

export function createConnector({ ask, warn, atOnce = Infinity }: ConnectorOptions = {}): Connector {
  const slot = limiter(atOnce);
  const dialler = createDialler(createKeyRing(ask));
  const lookups = new Map<string | undefined, Lookup>();
  return async (options) => {
    const { host, configFile } = options;
    const lookup = lookups.get(configFile) ?? openConfig(configFile, warn);
    lookups.set(configFile, lookup);
    const route = await findRoute(host, options, lookup);
    return slot(() => connect(route, options));
  };

  async function connect(route: Route, options: ConnectOptions): Promise<HostConnection> {
    const { host } = options;
    const target = route.at(-1) ?? route[0];
    const dial = () => dialler.dial(route, { ...options, ...defined({ ask }) });
    const { client, release } = await dial();
    const loss = watchLoss(client);
    const claims = { made: false };
    const link: Link = {
      host,
      client,
      channels: createChannels(client, dial),
      root: {
        host,
        user: target.user,
        withPassword: options.sudoPassword !== undefined,
        withTerminal: false,
        ...defined({ source: options.sudoPassword, ask }),
      },
      counts: { execChannels: 0, roundTrips: 0, bytesSent: 0 },
      lost: loss.lost,
      claimed: () => claims.made,
      way: {},
    };
    return open(link, loss, claims, release);
  }
}

interface Loss extends Pick<Link, 'lost'> {
  readonly lose: (why: string) => void;
  readonly gone: Promise<void>;
}

function watchLoss(client: Client): Loss {
  let lost: string | undefined;
  client.on('error', (error) => {
    lost ??= error.message;
  });
  const gone = new Promise<void>((resolve) => {
    client.on('close', () => {
      lost ??= 'the connection was closed';
      resolve();
    });
  });
  return { lost: () => lost, lose: (why) => void (lost ??= why), gone };
}

async function open(link: Link, loss: Loss, claims: { made: boolean }, release: () => void): Promise<HostConnection> {
  const { host } = link;
  const shell = createRootShell(link);
  const ahead = createAhead((parts, options) => bring(link, shell.run, parts, options));
  const end = async (): Promise<void> => {
    link.channels.close();
    release();
    const timer = setTimeout(() => link.client.destroy(), CLOSE_MS);
    await Promise.race([loss.gone, sleep(CLOSE_MS + 100, undefined, { ref: false })]);
    clearTimeout(timer);
  };
  try {
    await shell.open();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    host,
    claim: async (onWait) => {
      await claim(host, shell.run, onWait);
      claims.made = true;
    },
    run: async (script, runOptions = {}) => {
      const { change } = runOptions;
      if (change === undefined) return shell.run(script, runOptions);
      requireClaim(claims.made, host, change);
      return ofOurs(host, change, await shell.run(jobText(change, script), runOptions));
    },
    upload: (files, sendOptions) => upload(link, shell.run, files, sendOptions),
    bring: async (files, sendOptions) => {
      const parts = files.map(keptPart);
      await ahead.bring(parts, sendOptions);
      return parts.map(({ at }) => at);
    },
    ahead: async (files, signal) => {
      if (isFar(link)) await ahead.begin(files.map(keptPart), signal);
    },
    isFar: () => isFar(link),
    pipe: async (script, input, pipeOptions = {}) => {
      const { change } = pipeOptions;
      if (change === undefined) return pipe(link, script, input, pipeOptions);
      requireClaim(claims.made, host, change);
      return ofOurs(host, change, await pipe(link, streamText(change, script), input, pipeOptions));
    },
    connectTcp: (address, port) => connectTcp(link, address, port),
    connectSocket: (path) => connectSocket(link, path),
    stats: link.counts,
    close: async () => {
      loss.lose('kinit closed it');
      shell.close();
      await end();
    },
  };
}

function requireClaim(claimed: boolean, host: string, change: string): void {
  if (!claimed)
    throw new KinitError(`${host} was to be changed without being claimed`, { class: 'internal', host, tried: change });
}
