import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { KinitError } from '../model/error.js';
import type { HostConnection } from '../model/host.js';
import { credentials } from './auth.js';
import { claim, ofOurs } from './claim.js';
import type { Target } from './connectErrors.js';
import type { Link } from './exec.js';
import { jobText, streamText } from './job.js';
import { login } from './login.js';
import { pipe } from './pipe.js';
import { createRootShell } from './shell.js';
import { hostTrust } from './trust.js';
import { connectTcp } from './tcp.js';
import { upload } from './upload.js';

export interface ConnectOptions extends Target {
  /** Private key; may begin with '~/'. Without it: the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa. */
  readonly identityFile?: string;
  /** May begin with '~/'. /etc/ssh/ssh_known_hosts is read besides. */
  readonly knownHostsFile: string;
  /** Unknown keys are written down and accepted; changed ones never are. */
  readonly acceptNewHostKeys: boolean;
  /** Stops connecting. An open connection is not touched by it: whoever works on it decides what to finish. */
  readonly signal: AbortSignal;
}

/** sshd drops connections at random while many log in at once (MaxStartups). */
const ATTEMPTS = 4;
const CLOSE_MS = 2000;

/**
 * Connects to a host, verifies its key, logs in and opens a root shell.
 * Throws KinitError 'access' with a next step for everything that keeps us out.
 */
export async function connect(options: ConnectOptions): Promise<HostConnection> {
  const { host, user } = options;
  const proofs = await credentials({ host, user, ...(options.identityFile === undefined ? {} : { identityFile: options.identityFile }) });
  const client = await persist(options, (patience) => login(options, hostTrust(options), proofs, patience, options.signal));

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
  let claimed = false;
  const link: Link = { host, user, client, counts: { execChannels: 0, roundTrips: 0, bytesSent: 0 }, lost: () => lost, claimed: () => claimed };
  const shell = createRootShell(link);
  try {
    await shell.open();
  } catch (error) {
    await end(client, gone);
    throw error;
  }
  return {
    host,
    claim: async (onWait) => {
      await claim(host, shell.run, onWait);
      claimed = true;
    },
    run: async (script, runOptions = {}) => {
      const { change } = runOptions;
      if (change === undefined) return shell.run(script, runOptions);
      requireClaim(claimed, host, change);
      return ofOurs(host, change, await shell.run(jobText(change, script), runOptions));
    },
    upload: (files, onProgress) => upload(link, shell.run, files, onProgress),
    pipe: async (script, input, pipeOptions = {}) => {
      const { change } = pipeOptions;
      if (change === undefined) return pipe(link, script, input, pipeOptions);
      requireClaim(claimed, host, change);
      return ofOurs(host, change, await pipe(link, streamText(change, script), input, pipeOptions));
    },
    connectTcp: (address, port) => connectTcp(link, address, port),
    stats: link.counts,
    close: async () => {
      lost ??= 'kinit closed it';
      shell.close();
      await end(client, gone);
    },
  };
}

function requireClaim(claimed: boolean, host: string, change: string): void {
  if (!claimed) throw new KinitError(`${host} was to be changed without being claimed`, { class: 'internal', host, tried: change });
}

/** Tries again while the host drops us before it has shown a key, within the connect timeout. */
async function persist(options: ConnectOptions, attempt: (patience: number) => Promise<Client>): Promise<Client> {
  const end = Date.now() + options.connectTimeoutSeconds * 1000;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(Math.max(1, end - Date.now()));
    } catch (error) {
      const pause = 100 * 2 ** count;
      if (count === ATTEMPTS || !wasDropped(error) || Date.now() + pause > end) throw error;
      await sleep(pause);
    }
  }
}

function wasDropped(error: unknown): boolean {
  const cause = error instanceof KinitError ? error.context.cause : undefined;
  if (!(cause instanceof Error)) return false;
  return ('code' in cause && cause.code === 'ECONNRESET') || ('level' in cause && cause.level === 'protocol');
}

async function end(client: Client, gone: Promise<void>): Promise<void> {
  client.end();
  const timer = setTimeout(() => client.destroy(), CLOSE_MS);
  await Promise.race([gone, sleep(CLOSE_MS + 100, undefined, { ref: false })]);
  clearTimeout(timer);
}
