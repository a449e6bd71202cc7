import type { ClientChannel } from 'ssh2';
import { KinitError } from '../../model/error.js';
import type { AskSecret, SecretSource } from '../../model/secret.js';
import { quote } from '../../shell/quote.js';
import { startPausableTimer } from '../shell/pausable-timer.js';
import { readSecret } from './secret.js';

/** How one becomes root on a host; learned while its root shell is opened. */
export interface RootWay {
  readonly host: string;
  readonly user: string;
  readonly source?: SecretSource;
  readonly ask?: AskSecret;
  /** sudo is told to ask for a password on standard error and to read it from standard input. */
  withPassword: boolean;
  /** sudo wants a controlling terminal (requiretty). */
  withTerminal: boolean;
  /** The password sudo accepted. */
  accepted?: string;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/**
 * What a user's own shell, or the host for everybody, may have set, and programs that scripts call would behave otherwise by. Proxies stay.
 * Not for a shell of its own to unset: some of it counts from a shell's first moment on.
 */
const NOT_OURS = [
  ...['BASHOPTS', 'BASH_ENV', 'CDPATH', 'ENV', 'SHELLOPTS'],
  ...['BLOCKSIZE', 'BLOCK_SIZE', 'COLUMNS', 'DF_BLOCK_SIZE', 'DU_BLOCK_SIZE', 'GREP_OPTIONS', 'LINES', 'LS_BLOCK_SIZE'],
  ...['POSIXLY_CORRECT', 'PS_FORMAT', 'PS_PERSONALITY', 'QUOTING_STYLE', 'TAR_OPTIONS', 'TIME_STYLE', 'TMPDIR', 'TZ'],
  ...['CONTAINER_RUNTIME_ENDPOINT', 'CRI_CONFIG_FILE', 'DOCKER_CONFIG'],
  ...['DOCKER_CONTEXT', 'DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'IMAGE_SERVICE_ENDPOINT', 'KUBECONFIG'],
  ...['SYSTEMD_COLORS', 'SYSTEMD_LOG_LEVEL', 'SYSTEMD_LOG_TARGET'],
];
const ATTEMPTS = 3;
/** sudo answers at once, but PAM may look up the user in a directory, and waits after a wrong password. */
const SUDO_MS = 30_000;

/**
 * The command line sshd hands to the login shell, which may be sh, csh or fish: one line of words, the only special
 * characters inside single quotes, and among those neither !, nor a backslash before a quote. `tag` marks sudo's words.
 */
export function rootCommand(way: RootWay, tag: string, inner: string): string {
  const environment = `env ${NOT_OURS.map((name) => `-u ${name}`).join(' ')} LC_ALL=C PATH=${PATH}`;
  if (way.user === 'root') return `exec ${environment} ${inner}`;
  const sudo = way.withPassword ? `sudo -S -p ${passwordMark(tag)}` : 'sudo -n';
  // LC_ALL for sudo too: which way is needed stands only in its text.
  const command = `exec env LC_ALL=C ${sudo} -- ${environment} ${inner}`;
  if (!way.withTerminal) return command;
  // script(1) gives it a terminal of its own; data still goes through the three streams as they are.
  return `exec env SHELL=/bin/sh sh -c 'exec 3<&0 4>&1 5>&2; exec script -qec "$0 <&3 >&4 2>&5" /dev/null </dev/null >/dev/null 2>&1' ${quote(command)}`;
}

/** A shell that reads commands from standard input. It says when sudo is through, where sudo may ask before. */
export function shellWords(way: RootWay, tag: string): string {
  return way.withPassword ? `sh -c 'echo ${startedMark(tag)} >&2; exec sh'` : 'sh';
}

/** A shell that reads so many bytes of script from standard input and leaves the rest to it: no quoting, no limit on length, nothing in argv. */
export function evalWords(way: RootWay, tag: string, bytes: number): string {
  return `sh -c '${way.withPassword ? `echo ${startedMark(tag)} >&2; ` : ''}eval "$(head -c ${String(bytes)})"'`;
}

/** Waits until sudo is through, and gives it the password when it asks. Nothing may be written before: a shell would run it. */
export async function passSudo(channel: ClientChannel, way: RootWay, tag: string): Promise<void> {
  if (!way.withPassword) return;
  await new Promise<void>((resolve, reject) => {
    let tries = 0;
    let tail = '';
    const settle = (act: () => void): void => {
      clock.stop();
      channel.stderr.removeListener('data', look);
      channel.removeListener('close', onClose);
      act();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        channel.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    const clock = startPausableTimer(SUDO_MS, () =>
      fail(
        new KinitError(`sudo on ${way.host} does not answer`, {
          class: 'access',
          host: way.host,
          tried: 'sudo -S',
          found: `nothing within ${String(SUDO_MS / 1000)} s`,
          hint: 'Try on the host: sudo -k; sudo -v. PAM may wait for a directory or for a second factor.',
        }),
      ),
    );
    const onClose = (): void => settle(resolve);
    let given: string | undefined;
    const answer = async (): Promise<void> => {
      tries += 1;
      given = await clock.hold(sudoPassword(way, tries));
      if (given === undefined) throw refusedPassword(way);
      channel.write(`${given}\n`);
    };
    const look = (chunk: Buffer): void => {
      tail += chunk.toString('latin1');
      if (tail.includes(startedMark(tag))) {
        if (given !== undefined) way.accepted = given;
        return settle(resolve);
      }
      if (tail.includes(passwordMark(tag))) {
        tail = '';
        answer().catch(fail);
      }
      tail = tail.slice(-200);
    };
    channel.stderr.on('data', look);
    // What sudo said instead is the caller's to tell.
    channel.once('close', onClose);
  });
}

/** undefined: there is no other to try. */
async function sudoPassword(way: RootWay, tries: number): Promise<string | undefined> {
  const { host, user, source, ask, accepted } = way;
  if (accepted !== undefined) return tries === 1 ? accepted : undefined;
  if (source !== undefined) return tries === 1 ? readSecret(source, `the sudo password for ${host}`) : undefined;
  if (ask === undefined || tries > ATTEMPTS) return undefined;
  // The first answer is for all hosts; one that refuses it is asked about by itself.
  return ask(
    tries === 1
      ? { id: `sudo ${user}`, text: `sudo password of ${user} (asked for by ${host})` }
      : { id: `sudo ${user} ${host} ${String(tries)}`, text: `${host} refuses it. sudo password of ${user} there` },
  );
}

function refusedPassword({ host, user, source }: RootWay): KinitError {
  const from =
    source === undefined
      ? 'typed'
      : source.env === undefined
        ? `in ${source.file ?? ''}`
        : `in the environment variable ${source.env}`;
  return new KinitError(`sudo on ${host} does not accept the password of user ${user}`, {
    class: 'access',
    host,
    tried: `sudo -S, with the password ${from}`,
    hint: 'Correct it there, or name another in the inventory (sudo.passwordEnv, sudo.passwordFile; hosts[].sudo for one host).',
  });
}

/** sudo ran, but not as asked: what to try instead, from its own words (LC_ALL=C). undefined: nothing. */
export function otherWay(way: RootWay, said: string): 'password' | 'terminal' | undefined {
  if (way.user === 'root') return undefined;
  if (!way.withTerminal && /must have a tty to run sudo/.test(said)) return 'terminal';
  if (!way.withPassword && way.ask !== undefined && /password is required|authentication is required/.test(said))
    return 'password';
  return undefined;
}

/** The root shell did not come up: what sudo (or the login shell) printed says why. */
export function sudoError(way: RootWay, printed: string): KinitError {
  const { host, user } = way;
  const found = printed.trim() === '' ? 'the shell ended without a word' : printed.trim();
  // A login shell that takes no commands, or a command that sshd runs in its place, ends before sudo.
  if (user === 'root' || !/sudo|password/i.test(printed))
    return new KinitError(`no shell for ${user} on ${host}`, {
      class: 'access',
      host,
      tried: 'start sh',
      found,
      hint: `Look at the login shell of ${user} on the host (getent passwd ${quote(user)}), at what the files that it reads first do (~/.bashrc), at ForceCommand in /etc/ssh/sshd_config, and at command= before the key in ~/.ssh/authorized_keys.`,
    });
  if (/sudo.*(?:not found|No such file)/.test(printed))
    return new KinitError(`user ${user} on ${host} cannot become root: there is no sudo`, {
      class: 'access',
      host,
      tried: 'sudo -n sh',
      found,
      hint: 'Install sudo on the host, or set ssh.user to root.',
    });
  if (way.withPassword)
    return new KinitError(`user ${user} on ${host} cannot become root`, {
      class: 'access',
      host,
      tried: 'sudo -S sh',
      found,
      hint: `Look at what sudo allows there: sudo -l -U ${quote(user)}`,
    });
  const rule = `As root on ${host}: echo ${quote(`${user} ALL=(ALL) NOPASSWD: ALL`)} > /etc/sudoers.d/kinit && chmod 0440 /etc/sudoers.d/kinit`;
  return new KinitError(`user ${user} on ${host} cannot become root without a password`, {
    class: 'access',
    host,
    tried: 'sudo -n sh',
    found,
    hint: `Name the password in the inventory (sudo.passwordEnv, sudo.passwordFile), or run kinit on a terminal, which asks for it. Without a password: ${rule}; or set ssh.user to root.`,
  });
}

/** What sudo printed, without the words that were put in for us. */
export function withoutMarks(text: string, tag: string): string {
  return text.replaceAll(passwordMark(tag), '').replaceAll(startedMark(tag), '');
}

function passwordMark(tag: string): string {
  return `${tag}-password:`;
}

function startedMark(tag: string): string {
  return `${tag}-started`;
}
