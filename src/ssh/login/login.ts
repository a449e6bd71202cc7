import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Client } from 'ssh2';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { startAttempt } from './auth.js';
import type { Credentials } from './auth.js';
import { acceptForeignKeys } from '../keys/foreign-keys.js';
import { startPausableTimer } from '../shell/pausable-timer.js';
import { connectError } from '../connect/errors.js';
import type { Target } from '../connect/errors.js';
import type { Trust } from '../trust/trust.js';

/** A dead host is noticed after interval x count, in milliseconds. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_COUNT = 3;

export interface LoginOptions {
  readonly trust: Trust;
  readonly credentials: Credentials;
  /** What is left of the connect timeout, in milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** A stream through a bastion; else a TCP connection is made. */
  readonly sock?: Duplex;
}

/** One connection: host key verified, then logged in. Throws KinitError 'access', or 'interrupted' on abort. */
export function login(target: Target, { trust, credentials, patience, signal, sock }: LoginOptions): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let stage: 'connect' | 'login' = 'connect';
    let refused: KinitError | undefined;
    let settled = false;

    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clock.stop();
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: KinitError): void => {
      settle(() => {
        client.destroy();
        sock?.destroy();
        reject(error);
      });
    };
    const onAbort = (): void =>
      fail(
        new KinitError(`connecting to ${target.name} was interrupted`, {
          class: 'interrupted',
          ...defined({ host: target.host }),
        }),
      );
    const clock = startPausableTimer(patience, () =>
      fail(
        refused ?? connectError(target, Object.assign(new Error('out of time'), { level: 'client-timeout' }), stage),
      ),
    );
    const attempt = startAttempt(credentials, clock.hold);
    const reason = (cause: Error): KinitError => {
      const fault = attempt.fault();
      return (
        refused ?? (fault instanceof KinitError ? fault : connectError(target, cause, stage, { credentials, attempt }))
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();

    client.on('handshake', () => {
      if (settled) return;
      stage = 'login';
      try {
        // Only now has the server proved that it holds the key.
        trust.remember();
      } catch (error) {
        fail(error instanceof KinitError ? error : reason(error as Error));
      }
    });
    client.on('ready', () => {
      attempt.succeeded();
      settle(() => resolve(client));
    });
    client.on('error', (error: Error & { level?: string }) => {
      // The agent failed: the next method is tried by ssh2 itself.
      if (error.level === 'agent') return;
      fail(reason(error));
    });
    client.on('close', () => {
      // Whoever types for longer than sshd's LoginGraceTime is heard in the next attempt.
      if (clock.wasHeld()) stage = 'connect';
      fail(
        reason(
          Object.assign(new Error('the host closed the connection'), { code: stage === 'connect' ? 'ECONNRESET' : '' }),
        ),
      );
    });

    client.connect({
      ...(sock === undefined ? { host: target.address, port: target.port } : { sock }),
      username: target.user,
      // Ours stops while a person types.
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_COUNT,
      algorithms: {
        cipher: [
          'aes128-gcm@openssh.com',
          'aes256-gcm@openssh.com',
          'aes128-ctr',
          'aes256-ctr',
          'chacha20-poly1305@openssh.com',
        ],
        serverHostKey: trust.algorithms,
        compress: ['none'],
      },
      hostVerifier: (key: Buffer): boolean => {
        refused = trust.judge(key);
        return refused === undefined;
      },
      authHandler: attempt.handler,
    });
    acceptForeignKeys(client);
    // Without it a small request waits for the answer to the one before: 44 ms instead of 3.
    client.setNoDelay(true);
  });
}
