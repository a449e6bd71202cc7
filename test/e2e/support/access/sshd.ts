import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as dial, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../../../../src/artifacts/store/paths.js';
import { runLocal } from '../../../../src/ssh/local.js';

const SSHD = '/usr/sbin/sshd';
/** Debian's, unpacked by scripts/install-tools.js. */
const UNPACKED = join(cacheFolder(), 'tools', 'sshd');

/** A throw-away sshd of this machine on 127.0.0.1, with its own keys and configuration in a temporary folder. */
export interface TestSshd {
  readonly folder: string;
  readonly port: number;
  /** Private key root may log in with. */
  readonly key: string;
  readonly knownHosts: string;
  /** The host's ed25519 key line, as 'type base64'. */
  readonly hostKey: string;
  /** Ends the processes that serve open connections, as a power cut would. */
  readonly cutConnections: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** undefined, or why these tests cannot run here. */
export function whyNoSshd(): string | undefined {
  if (process.getuid?.() !== 0) return 'sshd is started as root here, and this is not root';
  return existsSync(SSHD) || existsSync(join(UNPACKED, SSHD))
    ? undefined
    : 'openssh-server is not installed, and could not be fetched (node scripts/install-tools.js)';
}

export async function startSshd(
  options: { config?: string; hostKeyTypes?: readonly string[] } = {},
): Promise<TestSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'kinit-sshd-'));
  const types = options.hostKeyTypes ?? ['ed25519', 'rsa'];
  for (const type of types) await keygen(type, join(folder, `host_${type}`));
  await keygen('ed25519', join(folder, 'user'));
  await writeFile(join(folder, 'authorized'), await readFile(join(folder, 'user.pub')));
  // sshd's privilege separation folder, which a start script would make.
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  const config = [
    options.config ?? '',
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...types.map((type) => `HostKey ${join(folder, `host_${type}`)}`),
    `AuthorizedKeysFile ${join(folder, 'authorized')}`,
    `PidFile ${join(folder, 'pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
  ];
  await writeFile(join(folder, 'config'), `${config.join('\n')}\n`);
  const child = await start(folder, ['-D', '-e', '-f', join(folder, 'config')]);
  await answering(port);
  const hostKey =
    types[0] === undefined
      ? ''
      : (await readFile(join(folder, `host_${types[0]}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ');
  const knownHosts = join(folder, 'known_hosts');
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  return {
    folder,
    port,
    key: join(folder, 'user'),
    knownHosts,
    hostKey,
    cutConnections: async () => {
      for (const pid of await childrenOf(child)) process.kill(pid, 'SIGKILL');
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.kill()) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where nothing was installed, there is no user for sshd's unprivileged part either: it gets one in a mount namespace of its own. */
async function start(folder: string, args: readonly string[]): Promise<ChildProcess> {
  if (existsSync(SSHD)) return spawn(SSHD, args, { stdio: 'ignore' });
  const users = await readFile('/etc/passwd', 'utf8');
  await writeFile(join(folder, 'passwd'), `${users}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`);
  const libraries = ['lib', 'usr/lib'].map((name) => join(UNPACKED, name, 'x86_64-linux-gnu')).join(':');
  const script = ['-c', 'mount --bind "$0/passwd" /etc/passwd && exec "$@"', folder, join(UNPACKED, SSHD), ...args];
  return spawn('unshare', ['--mount', 'sh', ...script], {
    stdio: 'ignore',
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
}

export async function keygen(type: string, file: string, passphrase = ''): Promise<void> {
  await runLocal('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'kinit test', '-f', file]);
}

/** Its descendants that serve connections (sshd forks for the privileged and for the user's side), not what users run. */
async function childrenOf(child: ChildProcess): Promise<number[]> {
  const found: number[] = [];
  const queue = child.pid === undefined ? [] : [child.pid];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    const children = text
      .split(' ')
      .filter((word) => word !== '')
      .map(Number);
    for (const pid of children) {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      if (!name.startsWith('sshd')) continue;
      queue.push(pid);
      found.push(pid);
    }
  }
  return found;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port: number): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = dial(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`sshd does not answer on port ${port}`);
}
