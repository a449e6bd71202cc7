import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runLocal } from '../../src/ssh/local.js';
import { INSTALL, SETUP } from './support/access/hosts.js';
import { PASSWORD, reach, writeInventory } from './support/access/inventory.js';
import type { Reached } from './support/access/inventory.js';
import { lab, type LabHandle } from './support/kinit.js';
import { keygen } from './support/access/sshd.js';
import { kinitOnTerminal } from './support/access/typist.js';

let hosts: LabHandle;
let folder: string;
let key: string;
let address: string;
/** Interfaces of the lab's network: the machine's bridge, and a host's own. */
let bridge: string;

beforeAll(async () => {
  hosts = await lab('access', { hosts: 1, memory: '2G' });
  folder = await mkdtemp(join(tmpdir(), 'kinit-access-'));
  key = join(dirname(hosts.inventory), 'id_ed25519');
  await copyFile(join(dirname(hosts.inventory), 'known_hosts'), join(folder, 'known_hosts'));
  address = (await readFile(join(folder, 'known_hosts'), 'utf8')).split(' ')[0] ?? '';
  const route = (await runLocal('ip', ['-o', 'route', 'get', address])).stdout;
  bridge = /dev (\S+)/.exec(route)?.[1] ?? '';
  await hosts.sh('node1', SETUP);
  await hosts.sh('node1', INSTALL, { timeoutSeconds: 300 });
});

afterAll(async () => {
  await hosts.down();
  await rm(folder, { recursive: true, force: true });
});

/** One host, with these ssh and sudo sections. */
const inventory = (ssh: object, sudo: object = {}, host: object = {}): Promise<string> =>
  writeInventory(folder, {
    hosts: [{ name: 'node1', address, roles: ['control-plane'], ...host }],
    ssh: { knownHostsFile: 'known_hosts', configFile: 'none', ...ssh },
    sudo,
  });
const tryWith = async (ssh: object, sudo: object = {}, env: Record<string, string> = {}): Promise<Reached> =>
  reach(await inventory(ssh, sudo), { SSH_AUTH_SOCK: '', ...env });

describe('becoming root', () => {
  test.each([
    ['a user with a sudo password', 'ops'],
    ['requiretty', 'needtty'],
    ['requiretty and a password', 'pwtty'],
    ['fish as login shell', 'fishy'],
    ['csh as login shell', 'cshy'],
    ['a .bashrc that prints noise, on both streams, and control sequences', 'noisy'],
  ])('%s', async (_, user) => {
    const { connected, errors, output } = await tryWith(
      { user, identityFile: key },
      { passwordEnv: 'SUDO_WORD' },
      { SUDO_WORD: PASSWORD },
    );
    expect({ connected, errors }).toEqual({ connected: ['node1'], errors: [] });
    expect(output).not.toContain('horse');
  });

  test('the sudo password comes from a file too, and a host may have its own', async () => {
    await writeFile(join(folder, 'word'), `${PASSWORD}\nsecond line\n`, { mode: 0o600 });
    const file = await inventory(
      { user: 'ops', identityFile: key },
      { passwordEnv: 'WRONG' },
      { sudo: { passwordFile: 'word' } },
    );
    expect((await reach(file, { WRONG: 'nonsense' })).connected).toEqual(['node1']);
  });

  test('a wrong password, a missing one and no right at all are told apart, and no prompt hangs without a terminal', async () => {
    const wrong = await tryWith(
      { user: 'ops', identityFile: key },
      { passwordEnv: 'SUDO_WORD' },
      { SUDO_WORD: 'hunter2' },
    );
    expect(wrong.errors).toEqual([expect.stringMatching(/^sudo on node1 does not accept the password of user ops/)]);
    expect(wrong.output).not.toContain('hunter2');
    const unset = await tryWith({ user: 'ops', identityFile: key }, { passwordEnv: 'NOT_SET' });
    expect(unset.errors).toEqual([expect.stringContaining('the environment variable NOT_SET is not set')]);
    const none = await tryWith({ user: 'ops', identityFile: key });
    expect(none).toMatchObject({
      code: 12,
      errors: [expect.stringMatching(/^user ops on node1 cannot become root without a password.*sudo\.passwordEnv/)],
    });
    const never = await tryWith(
      { user: 'nosudo', identityFile: key },
      { passwordEnv: 'SUDO_WORD' },
      { SUDO_WORD: PASSWORD },
    );
    expect(never.errors).toEqual([
      expect.stringMatching(/^user nosudo on node1 cannot become root \|.*not in the sudoers file/),
    ]);
  });

  test('on a terminal the sudo password is asked for once, hidden; a wrong one is asked for again', async () => {
    const file = await inventory({ user: 'ops', identityFile: key });
    const good = await kinitOnTerminal(['check', '-i', file], [PASSWORD]);
    expect(good).toMatchObject({ code: 0, questions: [expect.stringContaining('sudo password of ops')] });
    expect(good.screen).not.toContain('horse');
    const twice = await kinitOnTerminal(['check', '-i', file], ['nonsense', PASSWORD]);
    expect(twice).toMatchObject({
      code: 0,
      questions: [expect.any(String), expect.stringContaining('node1 refuses it')],
    });
    const stopped = await kinitOnTerminal(['check', '-i', file], []);
    expect(stopped.code).toBe(130);
  });
});

describe('logging in', () => {
  test('a password: from the environment, from a file, asked for', async () => {
    const sudo = { passwordEnv: 'WORD' };
    const env = { WORD: PASSWORD };
    await writeFile(join(folder, 'word'), PASSWORD, { mode: 0o600 });
    for (const port of [2201, 2202]) {
      expect((await tryWith({ user: 'ops', port, passwordEnv: 'WORD' }, sudo, env)).connected).toEqual(['node1']);
      expect((await tryWith({ user: 'ops', port, passwordFile: 'word' }, sudo, env)).connected).toEqual(['node1']);
    }
    const asked = await kinitOnTerminal(
      ['check', '-i', await inventory({ user: 'ops', port: 2201 }, sudo)],
      [PASSWORD],
      env,
    );
    expect(asked).toMatchObject({ code: 0, questions: [expect.stringContaining('SSH password of ops')] });
  });

  test('a key and then a password', async () => {
    expect(
      (
        await tryWith(
          { user: 'ops', port: 2204, identityFile: key, passwordEnv: 'WORD' },
          { passwordEnv: 'WORD' },
          { WORD: PASSWORD },
        )
      ).connected,
    ).toEqual(['node1']);
  });

  test('without a terminal a missing password is a clear error, and so is a wrong one', async () => {
    expect((await tryWith({ user: 'ops', port: 2201, identityFile: key })).errors).toEqual([
      expect.stringMatching(/^node1 wants a password of user ops, and there is none .*ssh\.passwordEnv/),
    ]);
    const wrong = await tryWith({ user: 'ops', port: 2201, passwordEnv: 'WORD' }, {}, { WORD: 'hunter2' });
    expect(wrong.errors).toEqual([expect.stringMatching(/^node1 does not accept the password of user ops/)]);
    expect(wrong.output).not.toContain('hunter2');
  });

  describe('a key with a passphrase', () => {
    const locked = (): string => join(folder, 'locked');

    beforeAll(async () => {
      await keygen('ed25519', locked(), 'open sesame');
      const line = await readFile(`${locked()}.pub`, 'utf8');
      await hosts.sh('node1', `echo '${line.trim()}' >> /root/.ssh/authorized_keys`);
    });

    test('from the environment, from a file, wrong, and not at all', async () => {
      expect(
        (await tryWith({ identityFile: locked(), passphraseEnv: 'PHRASE' }, {}, { PHRASE: 'open sesame' })).connected,
      ).toEqual(['node1']);
      await writeFile(join(folder, 'phrase'), 'open sesame\n', { mode: 0o600 });
      expect((await tryWith({ identityFile: locked(), passphraseFile: 'phrase' })).connected).toEqual(['node1']);
      expect(
        (await tryWith({ identityFile: locked(), passphraseEnv: 'PHRASE' }, {}, { PHRASE: 'hunter2' })).errors,
      ).toEqual([expect.stringMatching(/^the passphrase of .*locked is wrong/)]);
      expect((await tryWith({ identityFile: locked() })).errors).toEqual([
        expect.stringMatching(/^the SSH key for node1 is encrypted.*passphraseEnv/),
      ]);
    });

    test('asked for once on a terminal, hidden', async () => {
      const { code, questions, screen } = await kinitOnTerminal(
        ['check', '-i', await inventory({ identityFile: locked() })],
        ['open sesame'],
        { SSH_AUTH_SOCK: '' },
      );
      expect({ code, questions }).toEqual({
        code: 0,
        questions: [expect.stringContaining(`Passphrase of the SSH key ${locked()}`)],
      });
      expect(screen).not.toContain('sesame');
    });

    test('an agent that holds it; of many keys only the named one is shown', async () => {
      const agent = await startAgent();
      try {
        // More than sshd lets anyone try (MaxAuthTries is 6).
        for (let count = 0; count < 7; count += 1) {
          await keygen('ed25519', join(folder, `other${String(count)}`));
          await agent.add(join(folder, `other${String(count)}`));
        }
        await runLocal('ssh-keygen', ['-q', '-p', '-P', 'open sesame', '-N', '', '-f', locked()]);
        await agent.add(locked());
        await runLocal('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked()]);
        expect((await tryWith({ identityFile: locked() }, {}, { SSH_AUTH_SOCK: agent.socket })).connected).toEqual([
          'node1',
        ]);
        // By the public key alone, as with keys on a token.
        expect(
          (await tryWith({ identityFile: `${locked()}.pub` }, {}, { SSH_AUTH_SOCK: agent.socket })).connected,
        ).toEqual(['node1']);
      } finally {
        await agent.stop();
      }
    });
  });

  async function startAgent(): Promise<{
    socket: string;
    add: (file: string) => Promise<void>;
    stop: () => Promise<void>;
  }> {
    const { stdout } = await runLocal('ssh-agent', ['-s', '-a', join(folder, 'agent')]);
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
    const socket = join(folder, 'agent');
    return {
      socket,
      add: async (file) => void (await runLocal('ssh-add', ['-q', file], { env: { SSH_AUTH_SOCK: socket } })),
      stop: async () => {
        process.kill(pid);
        await rm(socket, { force: true });
      },
    };
  }
});

describe('addresses', () => {
  test('IPv6: link-local with its zone, unique local, with and without brackets, on another port', async () => {
    const ula = 'fd5a:6b69:6e69:7400';
    await runLocal('ip', ['-6', 'address', 'add', `${ula}::1/64`, 'dev', bridge, 'nodad']);
    const interfaces = (
      await hosts.sh(
        'node1',
        `ip -o -4 addr show | awk '$4 ~ /^${address}\\// { print $2 }'; ip -o -6 addr show scope link | awk '{ print $2, $4 }'`,
      )
    ).stdout;
    const own = interfaces.split('\n')[0] ?? '';
    await hosts.sh('node1', `ip -6 addr replace ${ula}::11/64 dev ${own} nodad`);
    const local = new RegExp(`^${own} (fe80:[0-9a-f:]+)`, 'm').exec(interfaces)?.[1] ?? '';
    for (const [at, port] of [
      [`${ula}::11`, 22],
      [`[${ula}::11]`, 2203],
      [`${local}%${bridge}`, 22],
      [`[${local}%${bridge}]`, 2203],
    ] as const) {
      const file = await inventory({ identityFile: key, port }, {}, { address: at, internalAddress: address });
      expect([at, await reach(file)]).toMatchObject([at, { connected: ['node1'], errors: [] }]);
    }
    expect(await readFile(join(folder, 'known_hosts'), 'utf8')).toContain(`\n[${ula}::11]:2203 ssh-ed25519 `);
  });
});

describe('~/.ssh/config', () => {
  test('Host, HostName with a token, Port, User, IdentityFile, Match host, Match exec and Include are followed', async () => {
    const config = join(folder, 'ssh_config');
    await writeFile(join(folder, 'more'), `Host *\n  Port 2203\n  IdentityFile "${key}"\n`);
    await writeFile(
      config,
      `Match originalhost box exec "test %n = box"\n  User needtty\nHost box b?ox !other\n  HostName ${address.replace(/\.\d+$/, '')}.%p\nMatch all\nInclude ${join(folder, 'more')}\n`.replace(
        '.%p',
        `.${address.split('.').at(-1) ?? ''}`,
      ),
    );
    expect(
      await reach(await inventory({ configFile: config }, {}, { address: 'box', internalAddress: address }), {
        SSH_AUTH_SOCK: '',
      }),
    ).toMatchObject({ connected: ['node1'], errors: [] });
    // The inventory goes before it: nobody listens there.
    expect(
      (
        await reach(
          await inventory({ configFile: config, port: 2299 }, {}, { address: 'box', internalAddress: address }),
        )
      ).errors,
    ).toEqual([expect.stringMatching(/port 2299\) refuses/)]);
  });
});

describe('an sshd with narrow limits', () => {
  test('MaxSessions 1: a stream and files go over connections of their own', async () => {
    const file = await inventory({ identityFile: key, port: 2203 });
    expect((await reach(file)).connected).toEqual(['node1']);
  });

  test('MaxStartups: who is dropped comes back until the other logins are through', async () => {
    await hosts.sh(
      'node1',
      "nohup bash -c 'for n in 1 2 3 4 5 6; do exec 3<>/dev/tcp/127.0.0.1/2205; sleep 1; exec 3>&-; done' >/dev/null 2>&1 & sleep 0.3",
    );
    expect((await tryWith({ identityFile: key, port: 2205 })).connected).toEqual(['node1']);
  });
});

test('a key file others may read is no obstacle, and a password file that is missing is told before any host is touched', async () => {
  await copyFile(key, join(folder, 'open'));
  await chmod(join(folder, 'open'), 0o644);
  expect((await tryWith({ identityFile: 'open' })).connected).toEqual(['node1']);
  const missing = await tryWith({ passwordFile: 'nowhere' });
  expect(missing.code).toBe(11);
});
