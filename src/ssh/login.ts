import ssh2 from 'ssh2';
import type { AnyAuthMethod, Client, NextAuthHandler } from 'ssh2';
import { KinitError } from '../model/error.js';
import type { Credentials } from './auth.js';
import { connectError } from './connectErrors.js';
import type { Target } from './connectErrors.js';
import type { Trust } from './trust.js';

/** A dead host is noticed after interval x count, in milliseconds. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_COUNT = 3;

/**
 * One TCP connection: host key verified, then logged in. Throws KinitError 'access', or 'interrupted' on abort.
 * `patience` is what is left of the connect timeout, in milliseconds.
 */
export function login(target: Target, trust: Trust, credentials: Credentials, patience: number, signal: AbortSignal): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let stage: 'connect' | 'login' = 'connect';
    let refused: KinitError | undefined;
    let settled = false;

    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: KinitError): void => {
      settle(() => {
        client.destroy();
        reject(error);
      });
    };
    const onAbort = (): void => fail(new KinitError(`connecting to ${target.host} was interrupted`, { class: 'interrupted', host: target.host }));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();

    client.on('handshake', () => {
      if (settled) return;
      stage = 'login';
      try {
        // Only now has the server proved that it holds the key.
        trust.remember();
      } catch (error) {
        fail(error instanceof KinitError ? error : connectError(target, error as Error, stage, credentials));
      }
    });
    client.on('ready', () => settle(() => resolve(client)));
    client.on('error', (error: Error & { level?: string }) => {
      // The agent failed: the next method is tried by ssh2 itself.
      if (error.level === 'agent') return;
      fail(refused ?? connectError(target, error, stage, credentials));
    });
    client.on('close', () => fail(refused ?? connectError(target, Object.assign(new Error('the host closed the connection'), { code: stage === 'connect' ? 'ECONNRESET' : '' }), stage, credentials)));

    const left = [...credentials.methods];
    client.connect({
      host: target.address,
      port: target.port,
      username: target.user,
      readyTimeout: patience,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_COUNT,
      algorithms: {
        cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr', 'chacha20-poly1305@openssh.com'],
        serverHostKey: trust.algorithms,
        compress: ['none'],
      },
      hostVerifier: (key: Buffer): boolean => {
        refused = trust.judge(key);
        return refused === undefined;
      },
      authHandler: (_left: unknown, _partial: boolean, next: NextAuthHandler) => {
        const method: AnyAuthMethod | undefined = left.shift();
        // ssh2 takes false for "no more"; its types do not know.
        next(method ?? (false as unknown as AnyAuthMethod));
      },
    });
    // Without it a small request waits for the answer to the one before: 44 ms instead of 3.
    client.setNoDelay(true);
  });
}
