import type { Duplex } from 'node:stream';
import { KinitError } from '../../model/error.js';
import { lostError } from '../shell/exec.js';
import type { Link } from '../shell/exec.js';
import { forward } from './forward.js';

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, section 5.1). */
const PROHIBITED = 1;
const OPEN_SECONDS = 30;

/** A TCP stream from the host to address:port. Throws KinitError 'access' when sshd or the far end refuses. */
export async function connectTcp(link: Link, address: string, port: number): Promise<Duplex> {
  const { host } = link;
  const tried = `open a TCP stream from ${host} to ${address} port ${port}`;
  try {
    return await forward(link.client, address, port, OPEN_SECONDS * 1000);
  } catch (cause) {
    const lost = link.lost();
    if (lost !== undefined) throw lostError(link, `it opened a stream to ${address} port ${port}`, lost);
    if (cause instanceof KinitError)
      throw new KinitError(`no answer from ${address} port ${port}, seen from ${host}`, {
        class: 'timeout',
        unreachable: 'port',
        host,
        tried,
        found: `nothing within ${OPEN_SECONDS} s`,
      });
    const prohibited = cause instanceof Error && 'reason' in cause && cause.reason === PROHIBITED;
    throw new KinitError(
      prohibited
        ? `sshd on ${host} forbids TCP forwarding`
        : `${address} port ${port} refuses connections from ${host}`,
      {
        class: 'access',
        // Where sshd forbids it, nothing is known of the port.
        ...(prohibited ? {} : { unreachable: 'port' }),
        host,
        tried,
        found: cause instanceof Error ? cause.message : String(cause),
        ...(prohibited
          ? {
              hint: `kinit speaks to the API through SSH. In /etc/ssh/sshd_config and sshd_config.d/ on ${host}: "AllowTcpForwarding local", no "DisableForwarding yes", no PermitOpen that leaves ${address}:${port} out; in authorized_keys no restrict or no-port-forwarding. Then: systemctl reload ssh`,
            }
          : {}),
        cause,
      },
    );
  }
}
