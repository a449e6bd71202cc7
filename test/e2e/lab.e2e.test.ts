import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findLab, killHost, labDown, labList, labUp, partition, sshCommand, startHost } from '../../src/lab/index.js';
import type { Lab } from '../../src/lab/index.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import { labNames } from '../../src/lab/state/paths.js';
import { runLocal } from '../../src/ssh/local.js';
import { all, kinit, kinitEvents, kinitOk, labName } from './support/kinit.js';
import { labProcesses, labTraces } from './support/lab-traces.js';

const NAME = labName('lab');
const BIN = fileURLToPath(new URL('../../bin/kinit.js', import.meta.url));
/** What tells its links from those of other labs. */
const LINK = labNames(NAME).bridge.slice(-6);
const quiet = (): void => undefined;
const small = {
  name: NAME,
  hosts: 2,
  cpus: 1,
  memoryMB: 300,
  diskMB: 700,
  onProgress: quiet,
  signal: new AbortController().signal,
};

let lab: Lab;
/** The machine's settings before the first lab; undefined when another lab is up and has changed them already. */
let kernel: string | undefined;

beforeAll(async () => {
  await labDown(NAME, quiet);
  expect(await labTraces(NAME)).toEqual([]);
  kernel = (await labList()).length === 0 ? sharedSettings() : undefined;
  lab = await labUp(small);
});

afterAll(async () => {
  await labDown(NAME, quiet);
});

test('hosts answer over ssh with verified keys, and have booted without a failed unit', async () => {
  expect(await onHost('node1', 'hostname && systemctl is-system-running')).toEqual({
    code: 0,
    stdout: 'node1\nrunning\n',
  });
  const ids = await Promise.all(
    ['node1', 'node2'].map(async (host) =>
      (
        await onHost(host, 'cat /etc/machine-id /proc/sys/kernel/random/boot_id /etc/ssh/ssh_host_ed25519_key.pub')
      ).stdout.split(/\s+/),
    ),
  );
  for (const index of [0, 1, 3]) expect(ids[0]?.[index]).not.toBe(ids[1]?.[index]);

  // The key of another host must be refused: the check is real.
  const [program = '', ...args] = sshCommand(lab, 'node1', ['true']);
  const wrong = await runLocal(
    program,
    args
      .map((word) => (word === `root@${address('node1')}` ? `root@${address('node2')}` : word))
      .flatMap((word) => (word.startsWith('root@') ? ['-o', `HostKeyAlias=${address('node1')}`, word] : [word])),
    { reject: false },
  );
  expect(wrong).toMatchObject({ code: 255, stderr: expect.stringContaining('Host key verification failed') });
});

test('the files for kinit are there: a valid inventory, a private key only root can read', () => {
  const spec = specSchema.parse(parse(readFileSync(lab.inventoryFile, 'utf8')));
  expect(spec.hosts.map(({ name, address: at, roles }) => [name, at, ...roles])).toEqual([
    ['node1', address('node1'), 'control-plane'],
    ['node2', address('node2'), 'worker'],
  ]);
  expect(statSync(lab.identityFile).mode & 0o777).toBe(0o600);
  expect(statSync(lab.directory).mode & 0o077).toBe(0);
});

test('the command line lists the lab with its folder, and runs a command on a host with its output and exit code', async () => {
  const listed = await kinitOk(['lab', 'list', '--output', 'json']);
  const rows = listed.stdout
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { name?: string }]));
  expect(rows.find(({ name }) => name === NAME)).toMatchObject({ directory: lab.directory });
  for (const command of ['exec', 'ssh']) {
    const words = ['sh', '-c', 'hostname; echo "$0 no" >&2; exit 7'];
    const run = await kinit(['lab', command, '--name', NAME, 'node2', '--', ...words]);
    expect([command, run]).toEqual([command, { code: 7, stdout: 'node2\n', stderr: 'sh no\n' }]);
  }
});

test('memory, CPU and disk limits bind', async () => {
  expect(await onHost('node1', "awk '/MemTotal/ { print $2 }' /proc/meminfo; nproc")).toMatchObject({
    stdout: `${300 * 1024}\n1\n`,
  });
  // tail must hold all of it, because there is no line end.
  expect((await onHost('node1', '(head -c 100M /dev/zero | tail > /dev/null) 2>/dev/null')).code).toBe(0);
  expect((await onHost('node1', '(head -c 600M /dev/zero | tail > /dev/null) 2>/dev/null')).code).toBe(137);
  expect(await onHost('node1', 'systemctl is-active ssh')).toMatchObject({ stdout: 'active\n' });

  // Two busy loops on a host of one CPU get at most one second of CPU in a second.
  const { stdout } = await onHost(
    'node2',
    "for i in 1 2; do timeout 1 sh -c 'while :; do :; done' & done; wait; times",
  );
  // The last line is what the children used: user and system time.
  const [user = 0, system = 0] = [...(stdout.trim().split('\n').at(-1) ?? '').matchAll(/0m([\d.]+)s/g)].map((match) =>
    Number(match[1]),
  );
  expect(user + system).toBeGreaterThan(0.1);
  expect(user + system).toBeLessThan(1.4);

  expect(
    await onHost('node2', 'dd if=/dev/zero of=/root/fill bs=1M count=1000 2>&1; code=$?; rm /root/fill; exit $code'),
  ).toMatchObject({ code: 1, stdout: expect.stringContaining('No space left on device') });
});

test('a host can do what a Kubernetes node must: install packages, tunnels, rules, overlays, services with limits', async () => {
  const script = `set -e
    command -v socat conntrack && exit 1
    apt-get install -y socat nftables > /dev/null 2>&1
    ip link add vx0 type vxlan id 7 dev host0 dstport 8472 && ip link delete vx0
    ip link add br0 type bridge && ip link delete br0
    nft add table inet probe && nft delete table inet probe
    sysctl -q -w net.ipv4.ip_forward=1
    cd "$(mktemp -d -p /var/lib)" && mkdir lower upper work all
    mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work all && umount all
    systemd-run --quiet --wait -p MemoryMax=20M sh -c 'head -c 100M /dev/zero | tail > /dev/null' || echo limited
    sudo -u debian sudo id -u`;
  expect(await onHost('node1', script)).toEqual({ code: 0, stdout: 'limited\n0\n' });
});

test('up again changes nothing; with more hosts it adds them, to the inventory too', async () => {
  const before = readFileSync(lab.inventoryFile, 'utf8');
  const booted = await onHost('node1', 'cat /proc/sys/kernel/random/boot_id');
  expect(await labUp(small)).toEqual(lab);
  expect(readFileSync(lab.inventoryFile, 'utf8')).toBe(before);

  lab = await labUp({ ...small, hosts: 3 });
  expect(lab.hosts.map(({ name }) => name)).toEqual(['node1', 'node2', 'node3']);
  expect(readFileSync(lab.inventoryFile, 'utf8')).toContain('name: node3');
  expect(await onHost('node3', 'hostname')).toEqual({ code: 0, stdout: 'node3\n' });
  expect(await onHost('node1', 'cat /proc/sys/kernel/random/boot_id')).toEqual(booted);
});

test('a packet filter of the machine that drops what hosts send is named', async () => {
  const bridge = readdirSync('/sys/class/net').find((link) => link.startsWith('kn-') && link.endsWith(LINK)) ?? '';
  const said = async (): Promise<string[]> => {
    const lines: string[] = [];
    await labUp({ ...small, onProgress: (text) => lines.push(text) });
    return lines.filter((line) => line.startsWith('warning: '));
  };
  expect(await said()).toEqual([]);
  const wall = `table inet ${NAME.replaceAll('-', '_')}_wall`;
  await runLocal('nft', ['-f', '-'], {
    input: `${wall} {\n chain theirs {\n type filter hook forward priority 5; policy accept;\n iifname "${bridge}" drop\n }\n}\n`,
  });
  try {
    // Where the machine itself has no name server in reach there is nothing to compare with.
    const server = /^nameserver (\d[\d.]*)$/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1] ?? '127.0.0.1';
    const { code } = await runLocal('timeout', ['1', 'bash', '-c', `exec 3<>/dev/tcp/${server}/53`], { reject: false });
    const warnings = await said();
    if (code === 0 && !server.startsWith('127.'))
      expect(warnings).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^warning: node1 does not reach ${server}, which this machine reaches .*${wall}, chain theirs \\(a rule drops\\)`,
          ),
        ),
      );
  } finally {
    await runLocal('nft', ['delete', ...wall.split(' ')]);
  }
});

test('a power cut, a reboot and a cut network are as on real hosts: the disk stays', async () => {
  await onHost('node1', 'touch /root/kept /var/lib/kept; sync');
  await killHost(lab, 'node1');
  expect(await states()).toEqual({ node1: 'stopped', node2: 'running', node3: 'running' });
  await startHost(lab, 'node1');
  expect(await onHost('node1', 'ls /root/kept /var/lib/kept')).toMatchObject({ code: 0 });

  const booted = (await onHost('node1', 'cat /proc/sys/kernel/random/boot_id; systemctl reboot')).stdout.split('\n')[0];
  await expect
    .poll(async () => (await onHost('node1', 'cat /proc/sys/kernel/random/boot_id')).stdout.trim(), {
      timeout: 30_000,
      interval: 300,
    })
    .toMatch(new RegExp(`^(?!${String(booted)})[0-9a-f-]{36}$`));

  const ping = async (): Promise<boolean> => (await onHost('node2', `ping -c 1 -W 1 ${address('node3')}`)).code === 0;
  expect(await ping()).toBe(true);
  await partition(lab, [['node2', 'node3']]);
  expect(await ping()).toBe(false);
  await partition(lab, []);
  expect(await ping()).toBe(true);
});

test("a machine made of what `lab cloud-init` writes has its name, and kinit's user and key", async () => {
  const at = address('node3');
  const file = (name: string): string => join(lab.directory, name);
  const inventory = (its: string): string => `hosts:
  - { name: made, address: ${its}, roles: [control-plane] }
ssh: { user: maker, identityFile: id_ed25519, knownHostsFile: keys_of_made, configFile: none }
`;
  await writeFile(file('made.yaml'), inventory(at));
  const write = ['lab', 'cloud-init', '-i', file('made.yaml'), '--out', file('seeds')];
  const gateway = `${at.replace(/\d+$/, '1')}/24`;
  await kinitOk([...write, '--gateway', gateway]);

  const seed = '/var/lib/cloud/seed/nocloud';
  const prepared = await onHost(
    'node3',
    `(apt-get update -q && apt-get install -y -q --no-install-recommends cloud-init) > /dev/null 2>&1 || exit 1
     mkdir -p ${seed}; echo 'datasource_list: [NoCloud]' > /etc/cloud/cloud.cfg.d/90_test.cfg`,
  );
  expect(prepared.code).toBe(0);
  for (const name of ['user-data', 'meta-data', 'network-config'])
    await onHost('node3', `cat > ${seed}/${name}`, await readFile(file(`seeds/made/${name}`), 'utf8'));
  // The network of the host stays: only that each of the writers of configurations takes it.
  const read = await onHost(
    'node3',
    `cd ${seed} && cloud-init schema --config-file user-data
     for writer in eni networkd netplan; do
       cloud-init devel net-convert -p network-config -k yaml -d /root/$writer -D debian -O $writer > /dev/null 2>&1 || exit 1
       grep -rq ${at} /root/$writer && grep -rq ${gateway.replace('/24', '')} /root/$writer || exit 1
     done
     mv network-config /root
     cloud-init init --local && cloud-init init && cloud-init modules --mode=config && cloud-init modules --mode=final`,
  );
  expect(read).toMatchObject({ code: 0, stdout: expect.stringContaining('Valid cloud-config: user-data') });

  // It has made host keys of its own, as any new machine.
  const { code, events } = await kinitEvents(['check', '-i', file('made.yaml'), '--accept-new-host-keys']);
  expect([code, all(events, 'check').map(({ host }) => host)]).toEqual([13, expect.arrayContaining(['made'])]);
  expect(all(events, 'check').find(({ check }) => check.name === 'memory')?.check.status).toBe('error');

  // What differs is not written over unasked.
  expect(await kinit(write)).toMatchObject({ code: 0 });
  await appendFile(file('seeds/made/user-data'), '# mine\n');
  expect(await kinit(write)).toMatchObject({ code: 10, stderr: expect.stringContaining('seeds/made/user-data') });
  await writeFile(file('made.yaml'), inventory('192.0.2.7'));
  expect(await kinit([...write, '--gateway', gateway])).toMatchObject({
    code: 10,
    stderr: expect.stringContaining(`made cannot have 192.0.2.7 behind ${gateway}`),
  });
});

test('down leaves nothing behind, and twice is fine', async () => {
  const found = await labTraces(NAME);
  // What is looked for below is really there now.
  for (const kind of ['mount', 'link', 'rule', 'cgroup', 'process', 'file', 'loop', 'route'])
    expect(found, kind).toContainEqual(expect.stringMatching(new RegExp(`^${kind} `)));
  expect(await labDown(NAME, quiet)).toBe(true);
  expect(await labTraces(NAME)).toEqual([]);
  expect(await labDown(NAME, quiet)).toBe(false);
  if (kernel !== undefined && (await labList()).length === 0) expect(sharedSettings()).toBe(kernel);
});

test.each([400, 900, 1500])(
  'kinit killed %i ms into `lab up`, with one of its hosts: down still leaves nothing',
  async (milliseconds) => {
    const child = spawn(process.execPath, [BIN, 'lab', 'up', '--name', NAME, '--hosts', '2', '--memory', '300M'], {
      detached: true,
      stdio: 'ignore',
    });
    await new Promise((wake) => setTimeout(wake, milliseconds));
    if (child.pid !== undefined && child.exitCode === null) {
      process.kill(-child.pid, 'SIGKILL');
      await once(child, 'exit');
    }
    const host = labProcesses(NAME).find(({ command }) => command.startsWith('systemd-nspawn'));
    if (host !== undefined) process.kill(host.pid, 'SIGKILL');
    await labDown(NAME, quiet);
    expect(await labTraces(NAME)).toEqual([]);
  },
);

test('an interrupted up takes back what it made', async () => {
  const abort = new AbortController();
  const up = labUp({
    ...small,
    signal: abort.signal,
    onProgress: (text) => (text.startsWith('starting') ? abort.abort() : undefined),
  });
  await expect(up).rejects.toThrow(
    expect.objectContaining({ context: expect.objectContaining({ class: 'interrupted' }) }),
  );
  expect(await labTraces(NAME)).toEqual([]);
  await expect(findLab(NAME)).rejects.toThrow(`There is no lab ${NAME}`);
});

function address(host: string): string {
  return lab.hosts.find(({ name }) => name === host)?.address ?? '';
}

async function onHost(host: string, script: string, input = ''): Promise<{ code: number; stdout: string }> {
  const [program = '', ...args] = sshCommand(lab, host, ['sh', '-c', script]);
  const { code, stdout } = await runLocal(program, args, { reject: false, input });
  return { code, stdout };
}

async function states(): Promise<Record<string, string>> {
  const found = (await labList()).find(({ name }) => name === NAME);
  return Object.fromEntries((found?.hosts ?? []).map(({ name, state }) => [name, state]));
}

/** Kernel settings a lab may change, and must put back with the last one. */
function sharedSettings(): string {
  return ['net/ipv4/ip_forward', 'fs/inotify/max_user_instances', 'kernel/panic', 'vm/overcommit_memory']
    .map((name) => readFileSync(`/proc/sys/${name}`, 'utf8').trim())
    .join(' ');
}
