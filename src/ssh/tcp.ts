import type { Duplex } from 'node:stream';
import { KinitError } from '../model/error.js';
import { lostError } from './exec.js';
import type { Link } from './exec.js';

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, section 5.1). */
const PROHIBITED = 1;
const OPEN_SECONDS = 30;

/** A TCP stream from the host to address:port. Throws KinitError 'access' when sshd or the far end refuses. */
export function connectTcp(link: Link, address: string, port: number): Promise<Duplex> {
  const { host } = link;
  const tried = `open a TCP stream from ${host} to ${address} port ${port}`;
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new KinitError(`no answer from ${address} port ${port}, seen from ${host}`, { class: 'timeout', host, tried, found: `nothing within ${OPEN_SECONDS} s` }));
    }, OPEN_SECONDS * 1000);
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      const lost = link.lost();
      if (lost !== undefined) return reject(lostError(link, `it opened a stream to ${address} port ${port}`, lost));
      const prohibited = 'reason' in cause && cause.reason === PROHIBITED;
      reject(
        new KinitError(prohibited ? `sshd on ${host} forbids TCP forwarding` : `${address} port ${port} refuses connections from ${host}`, {
          class: 'access',
          host,
          tried,
          found: cause.message,
          ...(prohibited ? { hint: `Set "AllowTcpForwarding local" (and no PermitOpen that leaves ${address}:${port} out) in /etc/ssh/sshd_config on ${host}, then: systemctl reload ssh` } : {}),
          cause,
        }),
      );
    };
    try {
      link.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error !== undefined) return fail(error);
        clearTimeout(timer);
        if (late) return void channel.destroy();
        resolve(channel);
      });
    } catch (cause) {
      fail(cause instanceof Error ? cause : new Error(String(cause)));
    }
  });
}
