import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import type { Attempt, Credentials } from '../login/auth.js';
import type { Hop } from './route.js';

/** One machine on the way, and how long it may take. */
export interface Target extends Pick<Hop, 'name' | 'address' | 'port' | 'user'> {
  /** Inventory name, where it is a host of the inventory: what is wrong with a bastion is told once for all behind it. */
  readonly host?: string;
  readonly connectTimeoutSeconds: number;
}

const SOCKET_FAULTS: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ['refuses SSH connections', 'Is sshd running there (systemctl status ssh), and is this its port?'],
  EHOSTUNREACH: ['cannot be reached', 'Is the machine up, and is there a route to it?'],
  EHOSTDOWN: ['cannot be reached', 'Is the machine up?'],
  ENETUNREACH: ['cannot be reached: there is no route to its network', 'Check the network of this machine.'],
  ETIMEDOUT: ['does not answer', 'Is the machine up? A firewall may drop the packets.'],
  ENOTFOUND: ['has an address that no DNS server knows', 'Correct its address in the inventory.'],
  EAI_AGAIN: [
    'has a name that could not be looked up: DNS does not answer',
    'Check DNS of this machine, or put an IP address into the inventory.',
  ],
  ECONNRESET: [
    'closed the connection before the login',
    'Is this the port of sshd? Look at its log: journalctl -u ssh. MaxStartups there refuses who comes while many log in.',
  ],
};

/** Turns what ssh2 reports while connecting into an error with a next step. */
export function connectError(
  target: Target,
  cause: Error,
  stage: 'connect' | 'login',
  login?: { readonly credentials: Credentials; readonly attempt: Attempt },
): KinitError {
  const { name, address, port, user } = target;
  const where = `ssh -p ${port} ${quote(`${user}@${address}`)}`;
  const level = 'level' in cause ? cause.level : undefined;
  const code = 'code' in cause ? cause.code : undefined;
  const base = {
    class: 'access',
    ...defined({ host: target.host }),
    tried: where,
    cause,
  } as const;

  if (level === 'client-timeout') {
    const [message, hint] =
      stage === 'login'
        ? ['does not let us log in', 'Its sshd is slow to log in (DNS, PAM), or busy.']
        : ['does not answer', 'Is the machine up? A firewall may drop the packets.'];
    return new KinitError(`${name} (${address} port ${port}) ${message}`, {
      ...base,
      found: `nothing within ${target.connectTimeoutSeconds} s`,
      hint: `${hint} ssh.connectTimeoutSeconds sets the bound.`,
    });
  }
  const fault = typeof code === 'string' ? SOCKET_FAULTS[code] : undefined;
  if (fault !== undefined && stage === 'connect')
    return new KinitError(`${name} (${address} port ${port}) ${fault[0]}`, {
      ...base,
      found: cause.message,
      hint: fault[1],
    });
  if (stage === 'connect') {
    return new KinitError(`no SSH connection to ${name} (${address} port ${port})`, {
      ...base,
      found: cause.message,
      hint: `Is this the port of an sshd? Try: ${where}`,
    });
  }
  return refusal(target, base, login);
}

function refusal(
  { name, address, port, user }: Target,
  base: { readonly class: 'access'; readonly tried: string; readonly cause: Error },
  login: { readonly credentials: Credentials; readonly attempt: Attempt } | undefined,
): KinitError {
  const { tried = [], notes = [] } = login?.credentials.identities ?? {};
  const methods = login?.attempt.offered() ?? [];
  const takesPassword = methods.includes('password') || methods.includes('keyboard-interactive');
  const said = [
    tried.length > 0 ? `refused: ${tried.join(', ')}` : '',
    ...notes,
    methods.length > 0 ? `it takes: ${methods.join(', ')}` : '',
  ]
    .filter((text) => text !== '')
    .join('; ');
  if (login?.attempt.passwordTried() === true) {
    return new KinitError(`${name} does not accept the password of user ${user}`, {
      ...base,
      found: said,
      hint: 'Correct the password where ssh.passwordEnv or ssh.passwordFile of the inventory names it, or ssh.user.',
    });
  }
  if (takesPassword && (tried.length === 0 || !methods.includes('publickey'))) {
    return new KinitError(`${name} wants a password of user ${user}, and there is none`, {
      ...base,
      found: `it takes: ${methods.join(', ')}`,
      hint: 'Run kinit on a terminal, which asks for it, or name it in the inventory: ssh.passwordEnv or ssh.passwordFile.',
    });
  }
  const password = takesPassword ? ', or a password (ssh.passwordEnv, ssh.passwordFile)' : '';
  return new KinitError(`${name} does not accept our SSH key for user ${user}`, {
    ...base,
    found: said === '' ? 'refused: no key' : said,
    hint: `Put the public key on the host: ssh-copy-id -i KEY.pub -p ${port} ${quote(`${user}@${address}`)}; or name another user or key in the inventory (ssh.user, ssh.identityFile)${password}.`,
  });
}
