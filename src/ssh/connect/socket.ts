import type { Duplex } from 'node:stream';
import { KinitError } from '../../model/error.js';
import { lostError } from '../shell/exec.js';
import type { Link } from '../shell/exec.js';
import { forwardSocket } from './forward.js';

const OPEN_SECONDS = 30;

/** A stream to a socket on the host. Throws KinitError 'access' where sshd or the socket refuses. */
export async function connectSocket(link: Link, path: string): Promise<Duplex> {
  try {
    return await forwardSocket(link.client, path, OPEN_SECONDS * 1000);
  } catch (cause) {
    const lost = link.lost();
    if (lost !== undefined) throw lostError(link, `it opened a stream to ${path}`, lost);
    // sshd gives one reason for all of it: forbidden, no such socket, not this user's.
    throw new KinitError(`sshd on ${link.host} opens no stream to a socket there`, {
      class: 'access',
      host: link.host,
      tried: `open a stream to ${path} as ${link.root.user}`,
      found: cause instanceof Error ? cause.message : String(cause),
      hint: `kinit asks the API through it, so that no key leaves the host. In /etc/ssh/sshd_config and sshd_config.d/ on ${link.host}: "AllowStreamLocalForwarding local" (or yes, which is OpenSSH's default), no "DisableForwarding yes"; in authorized_keys no restrict. Then: systemctl reload ssh`,
      cause,
    });
  }
}
