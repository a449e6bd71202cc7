import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinit, lab, type KinitResult, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';
import { keygen } from './support/sshd.js';

let cluster: LabHandle;
/** Addresses of node1 and node2. */
let addresses: readonly string[];

beforeAll(async () => {
  cluster = await lab('e2e-trouble', { hosts: 2 });
  addresses = [...(await readFile(cluster.inventory, 'utf8')).matchAll(/address: (\S+)/g)].map(([, address = '']) => address);
  expect(addresses).toHaveLength(2);
});

afterAll(async () => {
  await cluster.down();
});

const address = (index: 0 | 1): string => addresses[index] ?? '';
const changed = (name: string, change: (text: string) => string): Promise<string> => changedInventory(cluster, name, change);

/** Everything a run printed, its lines unwrapped of indentation. */
const text = ({ stdout, stderr }: KinitResult): string => `${stdout}\n${stderr}`;

/** How often somebody has logged in on a host, this question included. */
async function logins(host: string): Promise<number> {
  return Number((await cluster.sh(host, "journalctl -q -u ssh -o cat --no-pager | grep -c '^Accepted '")).stdout);
}

/** What kinit leaves on a host as soon as it changes anything there. */
const untouched = async (host: string): Promise<void> => {
  expect((await cluster.sh(host, 'ls -d /var/lib/kinit 2>&1', { reject: false })).stdout).toContain('No such file');
};

describe('before a host is touched', () => {
  test('an inventory with mistakes: file, line, column, what is allowed and the nearest key; nobody logs in', async () => {
    const before = await logins('node2');
    const file = await changed('mistakes', (whole) => whole.replace(/^name:/m, 'nmae:').replace('- worker', '- worcker').replace('name: node2', 'name: Node_2').replace(address(1), address(0)));
    const result = await kinit(['init', '-i', file]);
    expect(result.code).toBe(11);
    const lines = (await readFile(file, 'utf8')).split('\n');
    const at = (part: string): number => lines.findIndex((line) => line.includes(part)) + 1;
    expect(result.stderr).toContain(`${file}:${at('nmae:')}:1: nmae: found the key "nmae"; there is no such option here; allowed: name, `);
    expect(result.stderr).toContain('did you mean "name"?');
    expect(result.stderr).toMatch(new RegExp(`${file}:${at('- worcker')}:\\d+: hosts\\[1\\]\\.roles\\[0\\]: found "worcker".*did you mean "worker"`));
    expect(result.stderr).toMatch(new RegExp(`${file}:${at('Node_2')}:\\d+: hosts\\[1\\]\\.name: found "Node_2".*lower-case`));
    expect(result.stderr).toContain('No host was touched.');
    expect(await logins('node2')).toBe(before + 1);
  });

  test('a file that is no YAML, and one that does not exist', async () => {
    const file = await changed('no-yaml', (whole) => whole.replace('hosts:', 'hosts: ['));
    const broken = await kinit(['init', '-i', file]);
    expect({ code: broken.code, text: broken.stderr }).toEqual({ code: 11, text: expect.stringMatching(new RegExp(`${file}:\\d+:\\d+: `)) as unknown });
    const missing = await kinit(['init', '-i', '/nowhere/inventory.yaml']);
    expect({ code: missing.code, text: missing.stderr }).toEqual({ code: 11, text: expect.stringContaining('/nowhere/inventory.yaml') as unknown });
  });
});

describe('hosts that keep us out', () => {
  test('a control-plane host that is down: nothing is begun', async () => {
    const file = await changed('down', (whole) => whole.replace(`address: ${address(0)}`, `address: ${address(0).replace(/\d+$/, '250')}`));
    const result = await kinit(['init', '-i', file]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(/^Error on node1, connect: node1 \(\S+\.250 port 22\) cannot be reached\n {2}tried: ssh -p 22 root@\S+\.250\n {2}found: connect EHOSTUNREACH \S+\.250:22\n {2}next: {2}Is the machine up/m);
    await untouched('node2');
  });

  test('a key the host does not know', async () => {
    await keygen('ed25519', join(dirname(cluster.inventory), 'stranger'));
    const result = await kinit(['check', '-i', await changed('wrong-key', (whole) => whole.replace('identityFile: id_ed25519', 'identityFile: stranger'))]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(/Error on node1, connect: node1 does not accept our SSH key for user root\n {2}tried: ssh -p 22 root@\S+\n {2}found: refused: \S+\/stranger \(ED25519 SHA256:\S+\)\n {2}next: {2}Put the public key on the host: ssh-copy-id/);
    expect(result.stderr).toContain('Error on node2, connect: node2 does not accept our SSH key for user root');
  });

  test('an unknown host key: its fingerprint, how to compare it, how to accept it', async () => {
    await writeFile(join(dirname(cluster.inventory), 'known_nobody'), '');
    const file = await changed('unknown-key', (whole) => whole.replace('knownHostsFile: known_hosts', 'knownHostsFile: known_nobody'));
    const fingerprint = (await cluster.sh('node1', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).stdout.split(' ')[1] ?? 'none';
    const result = await kinit(['check', '-i', file]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(/Error on node1, connect: the host key of node1 is not known\n {2}tried: verify the host key of \S+ port 22 against \S+known_nobody/);
    expect(result.stderr).toContain(`found: the host sent ED25519 ${fingerprint}`);
    expect(result.stderr).toMatch(/next: {2}Compare on the machine's console: ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub\. If they are the same, run again with --accept-new-host-keys/);
  });

  test('a changed host key: stops before anything of ours is shown to the host', async () => {
    await keygen('ed25519', join(dirname(cluster.inventory), 'other_host'));
    const other = (await readFile(join(dirname(cluster.inventory), 'other_host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    await writeFile(join(dirname(cluster.inventory), 'known_changed'), addresses.map((each) => `${each} ${other}\n`).join(''));
    const file = await changed('changed-key', (whole) => whole.replace('knownHostsFile: known_hosts', 'knownHostsFile: known_changed'));
    const before = await logins('node1');
    for (const more of [[], ['--accept-new-host-keys']]) {
      const result = await kinit(['init', '-i', file, ...more]);
      expect(result.code).toBe(12);
      expect(result.stderr).toMatch(/Error on node1, connect: the host key of node1 is not the one that is known; somebody may be in between, or the machine was installed anew/);
      expect(result.stderr).toMatch(/found: \S+known_changed line 1 says ED25519 SHA256:\S+; the host sent ED25519 SHA256:/);
      expect(result.stderr).toMatch(/next: {2}Compare on the machine's console: ssh-keygen -lf \S+\. If it was installed anew: ssh-keygen -R \S+ -f \S+known_changed/);
    }
    expect(await logins('node1')).toBe(before + 1);
    // sshd saw the connections end before a user name was told.
    expect((await cluster.sh('node1', "journalctl -q -u ssh -o cat --no-pager | tail -n 8 | grep -E 'closed by|reset by' | grep -E 'authenticating user|invalid user' || echo none")).stdout.trim()).toBe('none');
  });

  test('a user who may not become root', async () => {
    await cluster.sh('node2', 'useradd -m -s /bin/sh deployer && install -d -m 700 -o deployer /home/deployer/.ssh && install -m 600 -o deployer /root/.ssh/authorized_keys /home/deployer/.ssh/authorized_keys');
    const file = await changed('no-sudo', (whole) => whole.replace(`address: ${address(1)}`, `address: ${address(1)}\n    ssh:\n      user: deployer`));
    const result = await kinit(['check', '-i', file]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(/Error on node2, connect: user deployer on node2 cannot become root without a password\n {2}tried: sudo -n sh\n {2}found: sudo: a password is required\n {2}next: {2}As root on node2: echo 'deployer ALL=\(ALL\) NOPASSWD: ALL' > \/etc\/sudoers\.d\/kinit/);
    await cluster.sh('node2', 'mv /usr/bin/sudo /usr/bin/sudo.away');
    try {
      const without = await kinit(['check', '-i', file]);
      expect({ code: without.code, text: without.stderr }).toEqual({ code: 12, text: expect.stringMatching(/on node2, connect: [\s\S]*found: .*sudo[\s\S]*next: /) as unknown });
    } finally {
      await cluster.sh('node2', 'mv /usr/bin/sudo.away /usr/bin/sudo');
    }
  });
});

describe('hosts that are not fit', () => {
  test('ports that are taken: by which process, what to look at', async () => {
    const hold = (port: number): string => `setsid perl -MIO::Socket::INET -e '$0 = "squatter"; my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 1, ReuseAddr => 1) or die; print "$$\\n"; close STDOUT; close STDERR; sleep 300' </dev/null`;
    const first = (await cluster.sh('node1', `${hold(6443)} & sleep 1`)).stdout.trim();
    const second = (await cluster.sh('node2', `${hold(10250)} & sleep 1`)).stdout.trim();
    try {
      const result = await kinit(['init', '-i', cluster.inventory]);
      expect(result.code).toBe(13);
      expect(result.stderr).toMatch(/^Error on preflight: 2 preflight checks failed; nothing was changed$/m);
      expect(result.stderr).toContain(`node1: port-6443: held by squatter (pid ${first}) (needed: free)`);
      expect(result.stderr).toContain(`Stop it on node1 (look at it with: ps -fp ${first}). Or set another apiServer.port.`);
      expect(result.stderr).toContain(`node2: port-10250: held by squatter (pid ${second}) (needed: free)`);
      expect(result.stderr).toMatch(/next: {2}Mend these, or go on at your own risk with --ignore-preflight port-6443,port-10250/);
      for (const host of ['node1', 'node2']) await untouched(host);
    } finally {
      await cluster.sh('node1', `kill ${first}`);
      await cluster.sh('node2', `kill ${second}`);
    }
  });

  test('too few processors and too little memory', async () => {
    const small = await lab('e2e-trouble-small', { hosts: 1, cpus: 1, memory: '1G' });
    try {
      const result = await kinit(['init', '-i', small.inventory]);
      expect(result.code).toBe(13);
      expect(result.stderr).toMatch(/^Error on node1, preflight: 2 preflight checks failed; nothing was changed$/m);
      expect(result.stderr).toContain('node1: cpu: 1 (needed: 2)');
      expect(result.stderr).toContain('node1: memory: 1024 MB (needed: 1700 MB)');
      expect(result.stderr).toMatch(/Give the machine more memory[\s\S]*next: {2}Mend these, or go on at your own risk with --ignore-preflight cpu,memory/);
      expect((await small.sh('node1', 'ls -d /var/lib/kinit 2>&1', { reject: false })).stdout).toContain('No such file');
      const table = await kinit(['check', '-i', small.inventory]);
      expect({ code: table.code, rows: text(table) }).toEqual({ code: 13, rows: expect.stringMatching(/node1\s+error\s+.*memory.*1024 MB.*1700 MB.*2000 MB/i) as unknown });
    } finally {
      await small.down();
    }
  });
});
