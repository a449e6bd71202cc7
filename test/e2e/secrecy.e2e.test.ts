import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnector } from '../../src/ssh/index.js';
import type { ConnectOptions } from '../../src/ssh/index.js';
import { SETUP } from './support/access/hosts.js';
import { PASSWORD, writeInventory } from './support/access/inventory.js';
import { fileHistories } from './support/recording/created-files.js';
import { all, eventually, failuresOf, kinit, kinitEvents, lab, only, type LabHandle } from './support/kinit.js';
import { kinitOnTerminal } from './support/access/typist.js';

/** What passes by kinit that nobody else may see or feel: secrets on a host, control characters from one. */
const NAME = 'secrecy';
/** A network between the two hosts; this machine has no way into it. */
const INNER = '192.0.2.12';

let hosts: LabHandle;
let folder: string;
let key: string;
let knownHosts: string;
let addresses: readonly string[];

beforeAll(async () => {
  hosts = await lab(NAME, { hosts: 2, memory: '2G' });
  folder = await mkdtemp(join(tmpdir(), 'kinit-secrecy-'));
  key = join(dirname(hosts.inventory), 'id_ed25519');
  knownHosts = join(folder, 'known_hosts');
  await copyFile(join(dirname(hosts.inventory), 'known_hosts'), knownHosts);
  addresses = (await readFile(knownHosts, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  await hosts.sh('node1', 'ip addr add 192.0.2.11/24 dev host0');
  await hosts.sh('node2', `ip addr add ${INNER}/24 dev host0; ${SETUP}`);
});

afterAll(async () => {
  await hosts.down();
  await rm(folder, { recursive: true, force: true });
});

const inventory = (host: object, ssh: object = {}, more: object = {}): Promise<string> =>
  writeInventory(folder, {
    hosts: [{ name: 'target', roles: ['control-plane'], ...host }],
    ssh: { identityFile: key, knownHostsFile: knownHosts, configFile: 'none', ...ssh },
    ...more,
  });
const options = (address: string, more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  host: 'target',
  address,
  identityFile: key,
  knownHostsFile: knownHosts,
  acceptNewHostKeys: true,
  connectTimeoutSeconds: 15,
  signal: new AbortController().signal,
  ...more,
});

describe('what a host prints never steers the terminal', () => {
  /** Window title, clear screen, cursor up, the 8-bit introducer, and a mark that turns the reading direction. */
  const EVIL = '\u001b]0;pwned\u0007\u001b[2J\u001b[5A\u009b31m\u202e';
  const steers = (text: string): boolean => /\u001b\]|\u0007|\u001b\[2J|\u001b\[5A|\u009b|\u202e/.test(text);

  test('names, diffs, checks and errors, as text, JSON and on a terminal', async () => {
    await hosts.sh(
      'node1',
      `cat /etc/os-release > /etc/os-release.new; printf 'PRETTY_NAME="Debian %s GNU"\\n' '${EVIL}' >> /etc/os-release.new; mv /etc/os-release.new /etc/os-release; printf '#%s\\n' '${EVIL}' >> /etc/hosts
useradd -m -s /bin/bash evil; install -d -m 700 -o evil /home/evil/.ssh; install -m 600 -o evil /root/.ssh/authorized_keys /home/evil/.ssh/authorized_keys; printf 'printf %%s "%s" >&2; exit 3\\n' '${EVIL}' > /home/evil/.bashrc`,
    );
    const good = await inventory({ address: addresses[0] });
    const bad = await inventory({ address: addresses[0] }, { user: 'evil' });
    for (const args of [
      ['plan', '-i', good, '--only', 'hosts-file'],
      ['plan', '-i', good, '--only', 'hosts-file', '-o', 'json'],
      ['check', '-i', good],
      ['check', '-i', bad, '--verbose'],
      ['check', '-i', bad, '-o', 'json'],
    ]) {
      const { stdout, stderr } = await kinit(args);
      expect(`${stdout}${stderr}`).toMatch(/Debian|no shell for evil|"type":"error"/);
      expect([args, steers(stdout + stderr)]).toEqual([args, false]);
    }
    const { screen } = await kinitOnTerminal(['plan', '-i', good, '--only', 'hosts-file'], []);
    expect(screen).toContain('/etc/hosts');
    expect(steers(screen)).toBe(false);
  });
});

describe('a run through a bastion, as a user whose sudo wants a password, with /tmp mounted noexec', () => {
  const PHASES = 'hostname,hosts-file,sysctls,binaries,pki,kubelet';

  test("changes the host and then has nothing to do; secrets are in nobody else's sight, from the first byte", async () => {
    const env = { SUDO_WORD: PASSWORD };
    const file = await inventory(
      { name: 'node2', address: INNER, internalAddress: addresses[1] },
      { user: 'ops', bastions: [{ address: addresses[0], user: 'root' }] },
      { sudo: { passwordEnv: 'SUDO_WORD' } },
    );
    await hosts.sh(
      'node2',
      'mount -t tmpfs -o noexec tmpfs /tmp; apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends strace',
      { timeoutSeconds: 300 },
    );
    await hosts.sh(
      'node2',
      `mkdir -p /root/trace; systemd-run -q --unit trace strace -ff -ttt -qq -s 300 -e trace=openat,open,umask,chmod,fchmodat,rename,renameat,renameat2,clone,clone3,fork,vfork -o /root/trace/t -p "$(systemctl show -P MainPID ssh)"
cat > /root/watch <<'W'
while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -a -o 'horse ["]battery' >>/root/seen; done
W
systemd-run -q --unit argv sh /root/watch`,
    );
    await eventually('strace is attached', 20, async () =>
      (await hosts.sh('node2', 'cat /proc/$(systemctl show -P MainPID ssh)/status')).stdout.match(
        /TracerPid:\s+[1-9]/,
      ) === null
        ? undefined
        : true,
    );

    const { code, events } = await kinitEvents(['init', '-i', file, '--only', PHASES, '--accept-new-host-keys'], {
      env,
    });
    expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
    expect(only(events, 'run-finished').changes).toBeGreaterThan(20);
    // What a careless script would do: the watch must see it.
    const connection = await createConnector()(options(addresses[1] ?? ''));
    await connection.run('echo "BEGIN PRIVATE KEY" > /etc/careless; chmod 600 /etc/careless');
    await connection.close();
    const again = await kinitEvents(['plan', '-i', file, '--only', PHASES], { env });
    expect(all(again.events, 'change-planned')).toEqual([]);

    await hosts.sh('node2', 'systemctl stop trace argv');
    const seen = await hosts.sh(
      'node2',
      `cat /root/seen; journalctl -b --no-pager | grep -c 'horse "battery'; grep -rl 'horse "battery' /etc /var /run /root /tmp 2>/dev/null`,
      { reject: false },
    );
    expect(seen.stdout.trim()).toBe('0');
    const { careless, kept } = await exposed();
    expect(careless).toBe(true);
    expect(kept.checked).toBeGreaterThan(8);
    expect(kept.readable).toEqual([]);
  });

  /** Files with secrets that a user other than root could ever have read, of those that such a user can get to. */
  async function exposed(): Promise<{ careless: boolean; kept: { checked: number; readable: string[] } }> {
    const { stdout } = await hosts.sh('node2', 'cd /root/trace; for f in t.*; do sed "s/^/${f#t.} /" $f; done', {
      timeoutSeconds: 120,
    });
    const logs = new Map<number, string>();
    for (const line of stdout.split('\n')) {
      const [pid = '', ...rest] = line.split(' ');
      logs.set(Number(pid), `${logs.get(Number(pid)) ?? ''}${rest.join(' ')}\n`);
    }
    const histories = fileHistories(logs);
    const secrets = (
      await hosts.sh(
        'node2',
        `grep -rlsE 'PRIVATE KEY|client-key-data' /etc /var/lib/kubelet /var/lib/kinit /root /home /run /tmp /opt | grep -v '^/etc/ssh/\\|/root/trace' | while read -r f; do su -s /bin/sh nobody -c "test -x $(dirname "$f")" && echo "$f"; done`,
        { reject: false },
      )
    ).stdout
      .trim()
      .split('\n');
    const mine = secrets
      .filter((file) => file !== '/etc/careless')
      .map((file) => ({ file, history: histories.get(file) }));
    // 0o044: readable by group or others; a file whose beginning was not seen is as bad.
    const open = ({ history }: { history: { everHad: number } | undefined }): boolean =>
      history === undefined || (history.everHad & 0o044) !== 0;
    return {
      careless: ((histories.get('/etc/careless')?.everHad ?? 0) & 0o044) !== 0,
      kept: { checked: mine.length, readable: mine.filter(open).map(({ file }) => file) },
    };
  }
});
