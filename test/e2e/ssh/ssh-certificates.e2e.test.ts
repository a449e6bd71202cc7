import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KinitError } from '../../../src/model/error.js';
import { createConnector } from '../../../src/ssh/index.js';
import type { ConnectOptions } from '../../../src/ssh/index.js';
import { runLocal } from '../../../src/ssh/local.js';
import { startHardwareAgent } from '../support/access/hardware-agent.js';
import { keygen, startSshd, whyNoSshd } from '../support/access/sshd.js';
import type { TestSshd } from '../support/access/sshd.js';

const missing = whyNoSshd();

describe.skipIf(missing !== undefined)(
  `certificates and keys on hardware against a real sshd${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let sshd: TestSshd;
    let folder: string;
    let authority: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kinit-certificates-'));
      authority = join(folder, 'authority');
      await keygen('ed25519', authority);
      sshd = await startSshd({ config: `TrustedUserCAKeys ${authority}.pub` });
    });
    afterAll(async () => {
      await sshd.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const certify = (key: string, ...words: string[]): Promise<unknown> =>
      runLocal('ssh-keygen', ['-q', '-s', authority, '-I', 'ops', '-n', 'root', ...words, `${key}.pub`]);
    /** What root says there, or the error's message and what was found. */
    const who = async (identityFile?: string): Promise<string> => {
      const options: ConnectOptions = {
        host: 'node1',
        address: '127.0.0.1',
        port: sshd.port,
        user: 'root',
        ...(identityFile === undefined ? {} : { identityFile }),
        knownHostsFile: sshd.knownHosts,
        acceptNewHostKeys: false,
        connectTimeoutSeconds: 10,
        signal: new AbortController().signal,
      };
      try {
        const connection = await createConnector()(options);
        const { stdout } = await connection.run('id -un', { timeoutSeconds: 10 });
        await connection.close();
        return stdout.trim();
      } catch (thrown) {
        const { message, context } = thrown as KinitError;
        return `${message}: ${context.found ?? ''}`;
      }
    };

    test.each(['ed25519', 'ecdsa', 'rsa'])(
      'a certificate beside a key file of type %s opens the host, which knows only its authority',
      async (type) => {
        const key = join(folder, type);
        await keygen(type, key);
        expect(await who(key)).toContain('node1 does not accept our SSH key for user root');
        await certify(key);
        expect(await who(key)).toBe('root');
      },
    );

    test('a certificate that ended, is for a host, or whose key is away is told by name, with the reason', async () => {
      const key = join(folder, 'ended');
      await keygen('ed25519', key);
      await certify(key, '-V', '20200101000000Z:20210101000000Z');
      expect(await who(key)).toContain(`the certificate ${key}-cert.pub ended on 2021-01-01T00:00:00.000Z`);
      await certify(key, '-h');
      expect(await who(key)).toContain(`the certificate ${key}-cert.pub is for a host, not for a user`);
      await certify(key);
      await rename(key, `${key}.away`);
      expect(await who(`${key}.pub`)).toContain(
        `the certificate ${key}-cert.pub has its key neither in the SSH agent nor in a file that opens`,
      );
    });

    test('an agent with a certificate opens the host, and so does one that only holds the key of a certificate file', async () => {
      const socket = join(folder, 'agent');
      const { stdout } = await runLocal('ssh-agent', ['-s', '-a', socket]);
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      vi.stubEnv('HOME', folder);
      try {
        const key = join(folder, 'carried');
        await keygen('rsa', key);
        await runLocal('ssh-add', ['-q', key]);
        expect(await who()).toContain('node1 does not accept our SSH key');
        await certify(key);
        await rename(key, `${key}.away`);
        expect(await who(`${key}.pub`)).toBe('root');

        await rename(`${key}.away`, key);
        await runLocal('ssh-add', ['-q', '-D']);
        await runLocal('ssh-add', ['-q', key]);
        await rm(key);
        await rm(`${key}-cert.pub`);
        expect(await who()).toBe('root');
      } finally {
        vi.unstubAllEnvs();
        process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]));
      }
    });

    test('a key on hardware opens the host through its agent; without the agent it is said what is missing', async () => {
      const agent = await startHardwareAgent(join(folder, 'hardware'));
      vi.stubEnv('HOME', folder);
      try {
        await appendFile(join(sshd.folder, 'authorized'), `${agent.publicKey} token\n`);
        const file = join(folder, 'id_token.pub');
        await writeFile(file, `${agent.publicKey} token\n`);
        vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
        expect(await who()).toBe('root');
        expect(await who(file)).toBe('root');
        expect(agent.touches()).toBe(2);
        vi.stubEnv('SSH_AUTH_SOCK', '');
        expect(await who(file)).toContain(`${file} is a public key, and no SSH agent holds its private one`);
      } finally {
        vi.unstubAllEnvs();
        await agent.stop();
      }
    });

    test('a host that shows a certificate is known by its plain key; else it is said that only an authority vouches for it', async () => {
      const host = join(sshd.folder, 'host_ed25519');
      await runLocal('ssh-keygen', ['-q', '-s', authority, '-I', 'node1', '-h', `${host}.pub`]);
      const own = await startSshd({ config: `HostCertificate ${host}-cert.pub` });
      const known = join(folder, 'known');
      const { stdout } = await runLocal('cat', [`${authority}.pub`]);
      await writeFile(known, `@cert-authority [127.0.0.1]:${String(own.port)} ${stdout}`);
      const connect = (knownHostsFile: string): Promise<unknown> =>
        createConnector()({
          host: 'node1',
          address: '127.0.0.1',
          port: own.port,
          user: 'root',
          identityFile: own.key,
          knownHostsFile,
          acceptNewHostKeys: false,
          connectTimeoutSeconds: 10,
          signal: new AbortController().signal,
        }).then((connection) => connection.close());
      try {
        await connect(own.knownHosts);
        await expect(connect(known)).rejects.toMatchObject({
          context: {
            class: 'access',
            found: expect.stringContaining(
              `${known} line 1 trusts an authority for host certificates, which kinit cannot check`,
            ) as string,
          },
        });
      } finally {
        await own.stop();
      }
    });
  },
);
