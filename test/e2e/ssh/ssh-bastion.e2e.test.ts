import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KinitError } from '../../../src/model/error.js';
import type { HostConnection } from '../../../src/model/host.js';
import { createConnector } from '../../../src/ssh/index.js';
import type { ConnectOptions } from '../../../src/ssh/index.js';
import { runLocal } from '../../../src/ssh/local.js';
import { freePort, startSshd, whyNoSshd } from '../support/access/sshd.js';
import type { TestSshd } from '../support/access/sshd.js';

const missing = whyNoSshd();

describe.skipIf(missing !== undefined)(
  `bastions and bounds against real sshds${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let outer: TestSshd;
    let inner: TestSshd;
    let target: TestSshd;
    let folder: string;
    let knownHosts: string;

    beforeAll(async () => {
      [outer, inner, target] = await Promise.all([startSshd(), startSshd(), startSshd()]);
      folder = await mkdtemp(join(tmpdir(), 'kinit-bastion-'));
      await chmod(folder, 0o700);
      knownHosts = await writeKnown('known_hosts', outer, inner, target);
    });
    afterAll(async () => {
      await Promise.all([outer, inner, target].map((each) => each.stop()));
      await rm(folder, { recursive: true, force: true });
    });

    const writeKnown = async (name: string, ...all: readonly TestSshd[]): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, (await Promise.all(all.map((each) => readFile(each.knownHosts, 'utf8')))).join(''));
      return file;
    };
    const at = (sshd: TestSshd): { address: string; port: number; user: string; identityFile: string } => ({
      address: '127.0.0.1',
      port: sshd.port,
      user: 'root',
      identityFile: sshd.key,
    });
    const options = (changes: Partial<ConnectOptions> = {}): ConnectOptions => ({
      host: 'node1',
      ...at(target),
      knownHostsFile: knownHosts,
      acceptNewHostKeys: false,
      connectTimeoutSeconds: 10,
      signal: new AbortController().signal,
      ...changes,
    });
    const refusal = (changes: Partial<ConnectOptions>): Promise<KinitError> =>
      createConnector()(options(changes)).then(
        () => Promise.reject(new Error('the connection was made')),
        (error: unknown) => error as KinitError,
      );
    /** Connections to an sshd, as its own side sees them: the port they come from. */
    const connectionsTo = async ({ port }: TestSshd): Promise<string[]> =>
      (await runLocal('ss', ['-Htn', 'state', 'established', `sport = :${String(port)}`])).stdout
        .split('\n')
        .filter((line) => line !== '');
    const origin = async (connection: HostConnection): Promise<string> =>
      (await connection.run('echo "$SSH_CONNECTION"')).stdout;

    test('a chain of two, each with its own key; files and streams go through', async () => {
      const connection = await createConnector()(options({ bastions: [at(outer), at(inner)] }));
      // One from us, one from the outer and one from the inner: not one of them leads past a bastion.
      expect(await Promise.all([outer, inner, target].map(async (each) => (await connectionsTo(each)).length))).toEqual(
        [1, 1, 1],
      );
      await connection.upload([{ path: join(folder, 'up'), content: { bytes: Buffer.alloc(900_000) }, mode: 0o600 }]);
      expect((await connection.run(`wc -c < ${join(folder, 'up')}`)).stdout.trim()).toBe('900000');
      await connection.close();
      await expect.poll(async () => (await Promise.all([outer, inner, target].map(connectionsTo))).flat()).toEqual([]);
    });

    test('hosts behind the same bastion share one connection to it, which ends with the last of them', async () => {
      const connect = createConnector();
      const [first, second] = await Promise.all([
        connect(options({ bastions: [at(outer)] })),
        connect(options({ ...at(inner), bastions: [at(outer)] })),
      ]);
      expect(await connectionsTo(outer)).toHaveLength(1);
      await first.close();
      expect((await second.run('echo still')).stdout).toBe('still\n');
      await second.close();
      await expect.poll(() => connectionsTo(outer)).toEqual([]);
      const again = await connect(options({ bastions: [at(outer)] }));
      expect(await origin(again)).toContain(` 127.0.0.1 ${String(target.port)}`);
      await again.close();
    });

    test('ProxyJump of an SSH configuration', async () => {
      const configFile = join(folder, 'config');
      await writeFile(
        configFile,
        `Host box\n  HostName 127.0.0.1\n  Port ${String(target.port)}\n  ProxyJump gate\n  IdentityFile ${target.key}\nHost gate\n  HostName 127.0.0.1\n  Port ${String(outer.port)}\n  User root\n  IdentityFile ${outer.key}\n`,
      );
      const { address: _address, port: _port, user: _user, identityFile: _key, ...rest } = options();
      const connection = await createConnector()({ ...rest, address: 'box', configFile });
      expect(await connectionsTo(outer)).toHaveLength(1);
      expect((await connection.run('id -un')).stdout).toBe('root\n');
      await connection.close();
    });

    test('the host key of every machine on the way is verified; the one that is wrong is named', async () => {
      const lines = (await readFile(knownHosts, 'utf8')).trim().split('\n');
      const swapped = async (wrong: TestSshd): Promise<string> => {
        const file = join(folder, `swapped-${String(wrong.port)}`);
        await writeFile(
          file,
          lines
            .map((line) =>
              line.startsWith(`[127.0.0.1]:${String(wrong.port)} `)
                ? `${line.split(' ')[0] ?? ''} ${inner.hostKey}`
                : line,
            )
            .join('\n'),
        );
        return file;
      };
      const bastion = await refusal({ knownHostsFile: await swapped(outer), bastions: [at(outer)] });
      expect(bastion.message).toMatch(/^the host key of the bastion 127\.0\.0\.1 is not the one that is known/);
      expect(bastion.context.host).toBeUndefined();
      const host = await refusal({ knownHostsFile: await swapped(target), bastions: [at(outer)] });
      expect(host.message).toMatch(/^the host key of node1 is not the one that is known/);
    });

    test('a bastion that is down, and one that cannot reach the host, are told apart', async () => {
      const nobody = await freePort();
      expect((await refusal({ bastions: [{ ...at(outer), port: nobody }] })).message).toBe(
        `the bastion 127.0.0.1 (127.0.0.1 port ${String(nobody)}) refuses SSH connections`,
      );
      expect((await refusal({ port: nobody, bastions: [at(outer)] })).message).toBe(
        `the bastion 127.0.0.1 cannot reach node1 (127.0.0.1 port ${String(nobody)})`,
      );
    });

    test('an sshd that stops without a word is noticed, and the error says what ran', async () => {
      const connection = await createConnector()(options({ bastions: [at(outer)] }));
      const running = connection.run('sleep 300', { timeoutSeconds: 280 });
      const pids = [
        ...(await runLocal('ss', ['-Htnp', 'state', 'established', `sport = :${String(target.port)}`])).stdout.matchAll(
          /pid=(\d+)/g,
        ),
      ].map((match) => Number(match[1]));
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      try {
        await expect(running).rejects.toMatchObject({
          message: 'connection to node1 was lost while it ran: sleep 300',
          context: { class: 'access', host: 'node1' },
        });
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
        await connection.close();
      }
    }, 120_000);

    test('a host that prints a gigabyte, on both streams, takes no memory here', async () => {
      const connection = await createConnector()(options());
      const before = process.memoryUsage().rss;
      let most = 0;
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
      const result = await connection.run('head -c 700000000 /dev/zero; head -c 300000000 /dev/zero >&2', {
        timeoutSeconds: 300,
        onLine: () => undefined,
      });
      clearInterval(watch);
      expect(result.stdout).toContain('output cut: 8388608 of 700000000 bytes');
      expect(result.stderr).toContain('output cut: 8388608 of 300000000 bytes');
      expect(most - before).toBeLessThan(300 * 1024 * 1024);
      await connection.close();
    });
  },
);
