import { KinitError } from '../model/error.js';
import { quote } from '../model/quote.js';
import type { Credentials } from './auth.js';

/** What a connection attempt is about. */
export interface Target {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly connectTimeoutSeconds: number;
}

const SOCKET_FAULTS: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ['refuses SSH connections', 'Is sshd running there (systemctl status ssh), and is this its port?'],
  EHOSTUNREACH: ['cannot be reached', 'Is the machine up, and is there a route to it?'],
  EHOSTDOWN: ['cannot be reached', 'Is the machine up?'],
  ENETUNREACH: ['cannot be reached: there is no route to its network', 'Check the network of this machine.'],
  ETIMEDOUT: ['does not answer', 'Is the machine up? A firewall may drop the packets.'],
  ENOTFOUND: ['has an address that no DNS server knows', 'Correct its address in the inventory.'],
  EAI_AGAIN: ['has a name that could not be looked up: DNS does not answer', 'Check DNS of this machine, or put an IP address into the inventory.'],
  ECONNRESET: ['closed the connection before the login', 'Is this the port of sshd? Look at its log: journalctl -u ssh'],
};

/** Turns what ssh2 reports while connecting into an error with a next step. */
export function connectError(target: Target, cause: Error, stage: 'connect' | 'login', tried: Credentials | undefined): KinitError {
  const { host, address, port, user } = target;
  const where = `ssh -p ${port} ${quote(`${user}@${address}`)}`;
  const level = 'level' in cause ? cause.level : undefined;
  const code = 'code' in cause ? cause.code : undefined;
  const base = { class: 'access', host, tried: where, cause } as const;

  if (level === 'client-timeout') {
    const [message, hint] = stage === 'login' ? ['does not let us log in', 'Its sshd is slow to log in (DNS, PAM), or busy.'] : ['does not answer', 'Is the machine up? A firewall may drop the packets.'];
    return new KinitError(`${host} (${address} port ${port}) ${message}`, { ...base, found: `nothing within ${target.connectTimeoutSeconds} s`, hint: `${hint} ssh.connectTimeoutSeconds sets the bound.` });
  }
  const fault = typeof code === 'string' ? SOCKET_FAULTS[code] : undefined;
  if (fault !== undefined && stage === 'connect') return new KinitError(`${host} (${address} port ${port}) ${fault[0]}`, { ...base, found: cause.message, hint: fault[1] });
  if (stage === 'connect') {
    return new KinitError(`no SSH connection to ${host} (${address} port ${port})`, { ...base, found: cause.message, hint: `Is this the port of an sshd? Try: ${where}` });
  }
  const keys = tried?.tried.join(', ') ?? 'no key';
  const notes = tried === undefined || tried.notes.length === 0 ? '' : `; ${tried.notes.join('; ')}`;
  return new KinitError(`${host} does not accept our SSH key for user ${user}`, {
    ...base,
    found: `refused: ${keys}${notes}`,
    hint: `Put the public key on the host: ssh-copy-id -i KEY.pub -p ${port} ${quote(`${user}@${address}`)}; or name another user or key in the inventory (ssh.user, ssh.identityFile).`,
  });
}

/** The root shell did not come up: what sudo (or the login shell) printed says why. */
export function sudoError(host: string, user: string, printed: string): KinitError {
  const found = printed.trim() === '' ? 'the shell ended without a word' : printed.trim();
  if (user === 'root') {
    return new KinitError(`no shell for root on ${host}`, { class: 'access', host, tried: 'start sh', found, hint: 'Look at the login shell of root on the host (getent passwd root).' });
  }
  return new KinitError(`user ${user} on ${host} cannot become root without a password`, {
    class: 'access',
    host,
    tried: 'sudo -n sh',
    found,
    hint: `As root on ${host}: echo ${quote(`${user} ALL=(ALL) NOPASSWD: ALL`)} > /etc/sudoers.d/kinit && chmod 0440 /etc/sudoers.d/kinit; or set ssh.user to root.`,
  });
}
