import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  all,
  eventually,
  failuresOf,
  kinit,
  kinitEvents,
  kinitOk,
  lab,
  only,
  type KinitResult,
  type LabHandle,
} from './support/kinit.js';
import { changedInventory, startKinit } from './support/running.js';
import { keygen } from './support/access/sshd.js';

let cluster: LabHandle;
/** Addresses of node1 and node2. */
let addresses: readonly string[];

beforeAll(async () => {
  cluster = await lab('trouble', { hosts: 2 });
  addresses = [...(await readFile(cluster.inventory, 'utf8')).matchAll(/address: (\S+)/g)].map(
    ([, address = '']) => address,
  );
  expect(addresses).toHaveLength(2);
});

afterAll(async () => {
  await cluster.down();
});

const address = (index: 0 | 1): string => addresses[index] ?? '';
const changed = (name: string, change: (text: string) => string): Promise<string> =>
  changedInventory(cluster, name, change);

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
    const file = await changed('mistakes', (whole) =>
      whole
        .replace(/^name:/m, 'nmae:')
        .replace('- worker', '- worcker')
        .replace('name: node2', 'name: Node_2')
        .replace(address(1), address(0)),
    );
    const result = await kinit(['init', '-i', file]);
    expect(result.code).toBe(11);
    const lines = (await readFile(file, 'utf8')).split('\n');
    const at = (part: string): number => lines.findIndex((line) => line.includes(part)) + 1;
    expect(result.stderr).toContain(
      `${file}:${at('nmae:')}:1: nmae: found the key "nmae"; there is no such option here; allowed: name, `,
    );
    expect(result.stderr).toContain('did you mean "name"?');
    expect(result.stderr).toMatch(
      new RegExp(
        `${file}:${at('- worcker')}:\\d+: hosts\\[1\\]\\.roles\\[0\\]: found "worcker".*did you mean "worker"`,
      ),
    );
    expect(result.stderr).toMatch(
      new RegExp(`${file}:${at('Node_2')}:\\d+: hosts\\[1\\]\\.name: found "Node_2".*lower-case`),
    );
    expect(result.stderr).toContain('No host was touched.');
    expect(await logins('node2')).toBe(before + 1);
  });

  test('a file that is no YAML, and one that does not exist', async () => {
    const file = await changed('no-yaml', (whole) => whole.replace('hosts:', 'hosts: ['));
    const broken = await kinit(['init', '-i', file]);
    expect({ code: broken.code, text: broken.stderr }).toEqual({
      code: 11,
      text: expect.stringMatching(new RegExp(`${file}:\\d+:\\d+: `)) as unknown,
    });
    const missing = await kinit(['init', '-i', '/nowhere/inventory.yaml']);
    expect({ code: missing.code, text: missing.stderr }).toEqual({
      code: 11,
      text: expect.stringContaining('/nowhere/inventory.yaml') as unknown,
    });
  });
});

describe('hosts that keep us out', () => {
  test('a control-plane host that is down: nothing is begun', async () => {
    const file = await changed('down', (whole) =>
      whole.replace(`address: ${address(0)}`, `address: ${address(0).replace(/\d+$/, '250')}`),
    );
    const result = await kinit(['init', '-i', file]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(
      /^Error on node1, connect: node1 \(\S+\.250 port 22\) cannot be reached\n {2}tried: ssh -p 22 root@\S+\.250\n {2}found: connect EHOSTUNREACH \S+\.250:22\n {2}next: {2}Is the machine up/m,
    );
    await untouched('node2');
  });

  test('a key the host does not know', async () => {
    await keygen('ed25519', join(dirname(cluster.inventory), 'stranger'));
    const result = await kinit([
      'check',
      '-i',
      await changed('wrong-key', (whole) => whole.replace('identityFile: id_ed25519', 'identityFile: stranger')),
    ]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(
      /Error on node1, connect: node1 does not accept our SSH key for user root\n {2}tried: ssh -p 22 root@\S+\n {2}found: refused: \S+\/stranger \(ED25519 SHA256:\S+\).*\n {2}next: {2}Put the public key on the host: ssh-copy-id/,
    );
    expect(result.stderr).toContain('Error on node2, connect: node2 does not accept our SSH key for user root');
  });

  test('an unknown host key: its fingerprint, how to compare it, how to accept it', async () => {
    await writeFile(join(dirname(cluster.inventory), 'known_nobody'), '');
    const file = await changed('unknown-key', (whole) =>
      whole.replace('knownHostsFile: known_hosts', 'knownHostsFile: known_nobody'),
    );
    const fingerprint =
      (await cluster.sh('node1', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).stdout.split(' ')[1] ?? 'none';
    const result = await kinit(['check', '-i', file]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(
      /Error on node1, connect: the host key of node1 is not known\n {2}tried: verify the host key of \S+ port 22 against \S+known_nobody/,
    );
    expect(result.stderr).toContain(`found: the host sent ED25519 ${fingerprint}`);
    expect(result.stderr).toMatch(
      /next: {2}Compare on the machine's console: ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub\. If they are the same, run again with --accept-new-host-keys/,
    );
  });

  test('a changed host key: stops before anything of ours is shown to the host', async () => {
    await keygen('ed25519', join(dirname(cluster.inventory), 'other_host'));
    const other = (await readFile(join(dirname(cluster.inventory), 'other_host.pub'), 'utf8'))
      .split(' ')
      .slice(0, 2)
      .join(' ');
    await writeFile(
      join(dirname(cluster.inventory), 'known_changed'),
      addresses.map((each) => `${each} ${other}\n`).join(''),
    );
    const file = await changed('changed-key', (whole) =>
      whole.replace('knownHostsFile: known_hosts', 'knownHostsFile: known_changed'),
    );
    for (const more of [[], ['--accept-new-host-keys']]) {
      const result = await kinit(['check', '-i', file, ...more]);
      expect(result.code).toBe(12);
      expect(result.stderr).toMatch(
        /Error on node1, connect: the host key of node1 is not the one that is known; somebody may be in between, or the machine was installed anew/,
      );
      expect(result.stderr).toMatch(
        /found: \S+known_changed line 1 says ED25519 SHA256:\S+; the host sent ED25519 SHA256:/,
      );
      expect(result.stderr).toMatch(
        /next: {2}Compare on the machine's console: ssh-keygen -lf \S+\. If it was installed anew: ssh-keygen -R \S+ -f \S+known_changed/,
      );
    }
    // An sshd that tells all it sees: keys were exchanged, and no user name came.
    const watched = async (knownHosts: string): Promise<string> => {
      const other = await changed('watched', (whole) =>
        whole
          .replace('knownHostsFile: known_hosts', `knownHostsFile: ${knownHosts}`)
          .replace('user: root', 'user: root\n  port: 2222'),
      );
      await cluster.sh(
        'node1',
        'rm -f /tmp/sshd.log; mkdir -p /run/sshd; setsid /usr/sbin/sshd -ddd -p 2222 -E /tmp/sshd.log </dev/null >/dev/null 2>&1 & sleep 1',
      );
      await kinit(['check', '-i', other]);
      return (await cluster.sh('node1', 'cat /tmp/sshd.log; rm /tmp/sshd.log')).stdout;
    };
    await writeFile(
      join(dirname(cluster.inventory), 'known_changed_2222'),
      addresses.map((each) => `[${each}]:2222 ${other}\n`).join(''),
    );
    const right = (await readFile(join(dirname(cluster.inventory), 'known_hosts'), 'utf8')).replaceAll(
      /^(\S+) /gm,
      '[$1]:2222 ',
    );
    await writeFile(join(dirname(cluster.inventory), 'known_2222'), right);
    expect(await watched('known_2222')).toMatch(/userauth-request for user root/);
    const log = await watched('known_changed_2222');
    expect(log).toMatch(/SSH2_MSG_KEXINIT received/);
    expect(log).not.toMatch(/userauth-request/);
  });

  test('a user who may not become root', async () => {
    await cluster.sh(
      'node1',
      'useradd -m -s /bin/sh deployer && install -d -m 700 -o deployer /home/deployer/.ssh && install -m 600 -o deployer /root/.ssh/authorized_keys /home/deployer/.ssh/authorized_keys',
    );
    const file = await changed('no-sudo', (whole) =>
      whole.replace(`address: ${address(0)}`, `address: ${address(0)}\n    ssh:\n      user: deployer`),
    );
    const result = await kinit(['check', '-i', file]);
    expect(result.code).toBe(12);
    expect(result.stderr).toMatch(
      /Error on node1, connect: user deployer on node1 cannot become root without a password\n {2}tried: sudo -n sh\n {2}found: sudo: a password is required\n {2}next: {2}.*As root on node1: echo 'deployer ALL=\(ALL\) NOPASSWD: ALL' > \/etc\/sudoers\.d\/kinit/,
    );
    await cluster.sh('node1', 'mv /usr/bin/sudo /usr/bin/sudo.away');
    try {
      const without = await kinit(['check', '-i', file]);
      expect({ code: without.code, text: without.stderr }).toEqual({
        code: 12,
        text: expect.stringMatching(/on node1, connect: [\s\S]*found: .*sudo[\s\S]*next: /) as unknown,
      });
    } finally {
      await cluster.sh('node1', 'mv /usr/bin/sudo.away /usr/bin/sudo');
    }
  });
});

describe('hosts that are not fit', () => {
  test('hosts without a cluster: what works on one says so, and begins none', async () => {
    const commands = ['certs renew', 'certs rotate-keys', 'upgrade', 'runtime change', 'datastore status'];
    for (const command of commands) {
      const { code, stdout, stderr } = await kinit([...command.split(' '), '-i', cluster.inventory]);
      const last = (stdout + stderr).slice(-120);
      expect({ command, code, last }).toEqual({
        command,
        code: 12,
        last: expect.stringContaining(
          'Error: there is no cluster on these hosts yet\n  next:  Run kinit init first.',
        ) as string,
      });
    }
    expect((await cluster.sh('node1', 'ls /etc/kubernetes 2>&1', { reject: false })).stdout).toContain('No such file');
  });

  test('a host of another family than the inventory says: which machine it is, and what to correct', async () => {
    const file = await changed('family', (whole) =>
      whole
        .replace(`address: ${address(0)}`, `address: ${address(0)}\n    os: redhat`)
        .replace(`address: ${address(1)}`, `address: ${address(1)}\n    os: debian-12`),
    );
    const result = await kinit(['init', '-i', file]);
    expect(result.code).toBe(13);
    expect(result.stderr).toMatch(/^Error on node1, preflight: 1 preflight check failed; nothing was changed$/m);
    expect(result.stderr).toMatch(/node1: os-as-named: Debian GNU\/Linux 12 .* \(needed: redhat\)/);
    expect(result.stderr).toContain(
      `Is ${address(0)} the machine that node1 is meant to be? Correct its address in the inventory, install redhat on it, or correct hosts[].os.`,
    );
    for (const host of ['node1', 'node2']) await untouched(host);
  });

  test('ports that are taken: by which process, what to look at', async () => {
    const hold = (port: number): string =>
      `setsid perl -MIO::Socket::INET -e '$0 = "squatter"; my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 1, ReuseAddr => 1) or die; print "$$\\n"; close STDOUT; close STDERR; sleep 300' </dev/null`;
    const first = (await cluster.sh('node1', `${hold(6443)} & sleep 1`)).stdout.trim();
    const second = (await cluster.sh('node2', `${hold(10250)} & sleep 1`)).stdout.trim();
    try {
      const result = await kinit(['init', '-i', cluster.inventory]);
      expect(result.code).toBe(13);
      expect(result.stderr).toMatch(/^Error on preflight: 2 preflight checks failed; nothing was changed$/m);
      expect(result.stderr).toContain(`node1: port-6443: held by squatter (pid ${first}) (needed: free)`);
      expect(result.stderr).toContain(
        `Stop it on node1 (look at it with: ps -fp ${first}). Or set another apiServer.port.`,
      );
      expect(result.stderr).toContain(`node2: port-10250: held by squatter (pid ${second}) (needed: free)`);
      expect(result.stderr).toMatch(
        /next: {2}Mend these, or go on at your own risk with --ignore-preflight port-6443,port-10250/,
      );
      for (const host of ['node1', 'node2']) await untouched(host);
    } finally {
      await cluster.sh('node1', `kill ${first}`);
      await cluster.sh('node2', `kill ${second}`);
    }
  });

  describe('a small one', () => {
    let small: LabHandle;
    beforeAll(async () => {
      small = await lab('trouble-small', { hosts: 1, cpus: 1, memory: '1G' });
    });
    afterAll(async () => {
      await small.down();
    });
    const untouchedSmall = async (): Promise<void> => {
      expect((await small.sh('node1', 'ls -d /var/lib/kinit 2>&1', { reject: false })).stdout).toContain(
        'No such file',
      );
    };
    const runtimeInventory = (runtime: string): Promise<string> =>
      changedInventory(small, 'runtime', (whole) => `${whole}\nruntime: ${runtime}\n`);
    /** Where the size of the machine is no matter. */
    const init = async (runtime: string): ReturnType<typeof kinit> =>
      kinit(['init', '-i', await runtimeInventory(runtime), '--ignore-preflight', 'cpu,memory']);

    test('too few processors and too little memory', async () => {
      const result = await kinit(['init', '-i', small.inventory]);
      expect(result.code).toBe(13);
      expect(result.stderr).toMatch(/^Error on node1, preflight: 2 preflight checks failed; nothing was changed$/m);
      expect(result.stderr).toContain('node1: cpu: 1 (needed: 2)');
      expect(result.stderr).toContain('node1: memory: 1024 MB (needed: 1700 MB)');
      expect(result.stderr).toMatch(
        /Give the machine more memory[\s\S]*next: {2}Mend these, or go on at your own risk with --ignore-preflight cpu,memory/,
      );
      await untouchedSmall();
      const table = await kinit(['check', '-i', small.inventory]);
      expect({ code: table.code, rows: text(table) }).toEqual({
        code: 13,
        rows: expect.stringMatching(/node1\s+error\s+.*memory.*1024 MB.*1700 MB.*2000 MB/i) as unknown,
      });
      const misspelled = await kinit(['check', '-i', small.inventory, '--ignore-preflight', 'memry,cpu']);
      expect({ code: misspelled.code, told: text(misspelled) }).toEqual({
        code: 10,
        told: expect.stringMatching(
          /there is no preflight check "memry"[^]*Did you mean --ignore-preflight memory\?/,
        ) as unknown,
      });
    });

    test("the distribution's Docker is too old: its version, what is needed and why, and both ways out", async () => {
      const { code, stderr } = await init('{name: docker, from: distribution}');
      expect({ code, stderr }).toEqual({
        code: 13,
        stderr: expect.stringMatching(
          /^Error on node1, preflight: 1 preflight check failed; nothing was changed$[^]*node1: runtime-package: docker\.io 20\.10\.\S+ \(needed: 23: cri-dockerd speaks no older API\)[^]*Set runtime\.from: docker, which takes it from the repository of Docker, or runtime\.from: artifacts\./m,
        ) as string,
      });
      await untouchedSmall();
    });

    test('a runtime that runs already beside the one that is wanted is named; with a kubelet on it nothing is touched', async () => {
      await small.sh(
        'node1',
        'DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends docker.io',
        { timeoutSeconds: 300 },
      );
      const names = (await small.sh('node1', 'systemctl is-active docker containerd', { reject: false })).stdout;
      expect(names.trim().split('\n')).toEqual(['active', 'active']);

      const told = async (runtime: string): Promise<string[]> =>
        all((await kinitEvents(['check', '-i', await runtimeInventory(runtime)])).events, 'check').flatMap(
          ({ check: { name, status, found, hint = '' } }) =>
            name.startsWith('leftover-') ? [`${status} ${name}: ${found}. ${hint}`] : [],
        );
      const beside = expect.stringMatching(
        /^warning leftover-other-runtime: .*unit docker\.service \(active\).*If nothing needs Docker with cri-dockerd: systemctl disable --now docker\.service\./,
      ) as string;
      const crio = await told('{name: crio}');
      expect(crio).toContainEqual(beside);
      expect(crio.join()).toContain('other-runtime: unit containerd.service (active); ');
      // Its own has the same socket, folder and unit: it takes the place of what is there.
      const containerd = await told('{name: containerd}');
      expect(containerd).toContainEqual(beside);
      expect(containerd.join('\n')).toMatch(
        /^warning leftover-containerd-package: \/usr\/bin\/containerd \(containerd \S+ 1\.6.*To keep that of the package: runtime\.from: distribution/m,
      );
      expect((await told('{name: docker}')).join('\n')).toMatch(
        /^error leftover-docker-engine: \/usr\/sbin\/dockerd \(Docker version 20\.10.*Remove its package/m,
      );

      await small.sh(
        'node1',
        `mkdir -p /var/lib/kubelet; printf 'containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\\n' > /var/lib/kubelet/config.yaml
         systemd-run --unit kubelet sleep 600`,
      );
      const { code, stderr } = await init('{name: crio}');
      expect({ code, stderr }).toEqual({
        code: 13,
        stderr: expect.stringMatching(
          /node1: leftover-other-runtime: the kubelet runs with containerd \(\/run\/containerd\/containerd\.sock, the inventory says CRI-O\)[^]*Set runtime\.name: containerd, or take the node out of its cluster first/,
        ) as string,
      });
      await untouchedSmall();
    });
  });
});

describe('trouble on the way', () => {
  test('a swap that cannot be turned off', async () => {
    // A real swap area would be the machine's: the host only sees one that is not, and swapoff fails on that.
    await cluster.sh(
      'node1',
      'truncate -s 1M /swapfile; printf "Filename\\tType\\tSize\\tUsed\\tPriority\\n/swapfile file 1020 0 -2\\n" > /run/swaps; mount --bind /run/swaps /proc/swaps',
    );
    try {
      const result = await kinit(['init', '--only', 'swap', '-i', cluster.inventory]);
      expect(result.code).toBe(14);
      expect(result.stderr).toMatch(
        /^Error on node1, swap: could not turn swap off, now and after a reboot\n {2}tried: swap \(exit code 1\)\n {2}found: swapoff: .+\n\s+swapoff -a failed or took longer than 300 s; still in use as swap: \/swapfile/m,
      );
      expect(result.stderr).toMatch(
        /Turn it off by hand there .* or set swap: keep in the inventory\.\n {2}next: {2}Mend what is named above on that host, then run the same command again/,
      );
    } finally {
      await cluster.sh('node1', 'umount /proc/swaps; rm -f /swapfile');
    }
    await kinitOk(['init', '--only', 'swap', '-i', cluster.inventory]);
  });

  test('hosts that talk at every login: what they say is no fact of them and no part of an answer', async () => {
    const checks = async (): Promise<string[]> =>
      all((await kinitEvents(['check', '-i', cluster.inventory])).events, 'check').map(
        ({ host, check }) => `${host} ${check.name} ${check.status}`,
      );
    const quiet = await checks();
    const talk = `cp -a /root/.bashrc /root/quiet 2>/dev/null || : > /root/quiet
printf '%s\\n' 'echo "Welcome =os END"; echo "last login" >&2; printf "\\033[31m"; mesg n; stty erase x' | cat - /root/quiet > /root/.bashrc
printf 'echo "from sshrc: exit code 3"\\n' > /etc/ssh/sshrc; seq 500 > /etc/banner; cp /etc/banner /etc/motd
printf 'Banner /etc/banner\\nPrintMotd yes\\n' > /etc/ssh/sshd_config.d/talk.conf; systemctl reload ssh; sleep 1`;
    try {
      for (const host of ['node1', 'node2']) await cluster.sh(host, talk);
      expect(await checks()).toEqual(quiet);
      const only = ['--only', 'hostname,hosts-file,modules', '-i', cluster.inventory];
      await kinitOk(['init', ...only]);
      expect((await kinitOk(['init', ...only])).stdout).toMatch(/Nothing to change|0 changes/i);
    } finally {
      for (const host of ['node1', 'node2'])
        await cluster.sh(
          host,
          'mv /root/quiet /root/.bashrc; rm -f /etc/ssh/sshrc /etc/banner /etc/ssh/sshd_config.d/talk.conf; : > /etc/motd; systemctl reload ssh',
        );
    }
  });

  test('a dead archive of packages: which one and why comes first, within bounds; nothing is installed', async () => {
    await cluster.sh(
      'node1',
      `cp -a /etc/apt /etc/apt.ok; cp -a /var/lib/apt/lists /var/lib/apt/lists.ok; rm -rf /var/lib/apt/lists/*
rm -f /etc/apt/sources.list.d/*; echo 'deb [trusted=yes] http://127.0.0.1:9/debian bookworm main' > /etc/apt/sources.list; rm -f /var/cache/apt/*.bin`,
    );
    try {
      const result = await kinit(['init', '--only', 'packages', '-i', cluster.inventory]);
      const block = /^Error[\s\S]*?next: .*$/m.exec(result.stderr)?.[0] ?? result.stderr;
      expect(result.code).not.toBe(0);
      expect(block).toMatch(/^Error on node1, packages: /);
      expect(block).toMatch(
        /found: [\s\S]*127\.0\.0\.1:9\/debian[\s\S]*Could not connect[\s\S]*Unable to locate package/,
      );
      expect(block.split('\n').length).toBeLessThanOrEqual(10);
    } finally {
      await cluster.sh(
        'node1',
        'rm -rf /etc/apt /var/lib/apt/lists; mv /etc/apt.ok /etc/apt; mv /var/lib/apt/lists.ok /var/lib/apt/lists',
      );
    }
  });

  test('a package manager that is busy: its holder is named, the wait is bounded, and goes on when it is released', async () => {
    const hold = `setsid perl -MFcntl -e '$0 = "upgrader"; open my $f, ">>", "/var/lib/dpkg/lock-frontend" or die; my $l = pack("s s x4 q q l", F_WRLCK, 0, 0, 0, 0); fcntl($f, F_SETLK, $l) or die; print "$$\n"; close STDOUT; close STDERR; sleep 600' </dev/null & sleep 1`;
    const pid = (await cluster.sh('node1', hold)).stdout.trim();
    let held = true;
    try {
      const impatient = await kinit([
        'init',
        '--only',
        'packages',
        '-i',
        await changed('impatient', (whole) => `${whole}\nwaits:\n  packageLockSeconds: 3\n`),
      ]);
      expect(impatient.code).toBe(15);
      expect(impatient.stdout).toContain(
        `waiting for upgrader (pid ${pid}), which holds the package manager's lock, at most 3 s`,
      );
      expect(impatient.stderr).toMatch(
        new RegExp(
          `^Error on node1, packages: the package manager is still locked after 3 s\\n {2}tried: taking the locks of apt and dpkg .*\\n {2}found: held by upgrader \\(pid ${pid}\\)\\n {2}next: {2}Look at it with ps -fp ${pid} on node1; let it finish or stop it, then run the same command again`,
          'm',
        ),
      );
      const patient = startKinit(['init', '--only', 'packages', '-i', cluster.inventory]);
      await patient.until(
        new RegExp(`waiting for upgrader \\(pid ${pid}\\), which holds the package manager's lock, at most 300 s`),
      );
      await cluster.sh('node1', `kill ${pid}`);
      held = false;
      const { code, said } = await patient.ended(240);
      expect({ code, said }).toEqual({
        code: 0,
        said: expect.stringMatching(/node1 packages +install .*conntrack/) as unknown,
      });
    } finally {
      if (held) await cluster.sh('node1', `kill ${pid}`);
    }
    expect((await cluster.sh('node1', "dpkg-query -W -f '${db:Status-Status}' conntrack")).stdout).toBe('installed');
  });

  test('a full disk: path and free space, nothing half-written, and on it goes once there is room', async () => {
    await cluster.sh('node1', 'mount -t tmpfs -o size=40m tmpfs /usr/local/bin');
    try {
      const result = await kinit(['init', '--only', 'binaries', '-i', cluster.inventory]);
      expect(result.code).toBe(14);
      expect(result.stderr).toMatch(
        /^Error on node1, binaries: \/usr\/local\/bin\/\S+ could not be written on node1\n {2}tried: write \/usr\/local\/bin\/\S+\n {2}found: .*No space left on device\n\s+\d+ MB of 40 MB are free there\n[\s\S]*next: {2}The disk is full\. On node1: df -h \/usr\/local\/bin; make room there and run the same command again/m,
      );
      expect((await cluster.sh('node1', 'ls -A /usr/local/bin; ls -A /opt/cni/bin')).stdout).toBe('');
    } finally {
      await cluster.sh('node1', 'umount /usr/local/bin');
    }
    // What was there before cannot be noted: then it is not changed either.
    await cluster.sh('node1', 'mount -t tmpfs -o size=4k tmpfs /var/lib/kinit');
    try {
      const result = await kinit(['init', '--only', 'sysctls', '-i', cluster.inventory]);
      expect(result.code).toBe(14);
      expect(result.stderr).toMatch(
        /^Error on node1, sysctls: could not record what is there before changing it\n {2}tried: .*\/var\/lib\/kinit\/journal\n {2}found: [\s\S]*file systems with the least space: \/var\/lib\/kinit: 0\.0 MB free of 0\.0 MB.*\n {2}next: {2}The disk is full\. Make room on node1/m,
      );
      expect((await cluster.sh('node1', 'ls /etc/sysctl.d')).stdout).not.toContain('kinit');
    } finally {
      await cluster.sh('node1', 'umount /var/lib/kinit');
    }
    await kinitOk(['init', '--only', 'sysctls,binaries', '-i', cluster.inventory]);
    expect((await cluster.sh('node1', 'kubelet --version')).stdout).toBe('Kubernetes v1.36.3\n');
  });
});

describe('a cluster that does not come up', () => {
  test('the second Ctrl-C ends at once, with what to do', async () => {
    const run = startKinit(['init', '-i', cluster.inventory]);
    await run.until(/images: \d+ of \d+ MB/);
    run.signal('SIGINT');
    run.signal('SIGINT');
    const before = Date.now();
    const { code, said } = await run.ended(20);
    expect({ code, said }).toEqual({
      code: 130,
      said: expect.stringMatching(
        /stopping: the change in hand is finished first; press Ctrl-C again to stop at once\. Run the same command again to go on/,
      ) as unknown,
    });
    expect(Date.now() - before).toBeLessThan(10_000);
  });

  test('a kubelet that never gets healthy: its own words, soon, and a code that is not 0', async () => {
    const file = await changed('bad-kubelet', (whole) =>
      whole.replace('    evictionHard:', '    maxPods: -5\n    evictionHard:'),
    );
    const result = await kinit(['init', '-i', file]);
    // It ends within a second: before kinit looks whether it runs (14), or while it waits for the API server (15).
    expect(result.stderr).toMatch(
      result.code === 14
        ? /^Error on node1, control-plane: enable and start kubelet: was done, but the host does not show it\n {2}tried: service:kubelet\n {2}found: .*\n(?: {9}.*\n)* {2}next: {2}It was started and does not stay up\. On the host: journalctl -u kubelet\.service -e/m
        : /^Error on node1, control-plane: stopped waiting for the API server to answer: it would not help\n {2}tried: GET \/readyz(?:\?\S+)?\n {2}found: kubelet \(started again \d+ times\): .*\n(?: {9}.*\n)*?\s+\S+ port 6443 refuses connections from node1\n {2}next: {2}Correct what the first line names/m,
    );
    expect([14, 15]).toContain(result.code);
    expect(result.stderr).toMatch(
      /"command failed" err="failed to validate kubelet configuration.*maxPods \(--max-pods\) -5 must not be a negative number/,
    );
  });

  test("an API server that never answers: its container's first fatal line", async () => {
    const file = await changed('bad-api', (whole) => `${whole}\napiServer:\n  extraArgs:\n    no-such-flag: x\n`);
    const result = await kinit(['init', '-i', file]);
    expect(result.code).toBe(15);
    expect(result.stderr).toMatch(
      /^Error on node1, control-plane: stopped waiting for the API server to answer: it would not help\n {2}tried: GET \/readyz(?:\?\S+)?\n {2}found: container kube-apiserver: Error: unknown flag: --no-such-flag\n[\s\S]*next: {2}Correct what the first line names/m,
    );
  });

  test('Ctrl-C in the middle: what is done stays done, and how to go on', async () => {
    const run = startKinit(['init', '-i', cluster.inventory]);
    await run.until(/node1 control-plane +(restart kubelet|waiting for the API server|write)/);
    run.signal('SIGINT', 'group');
    const { code, said } = await run.ended(60);
    expect(code).toBe(130);
    expect(said).toMatch(/stopping: the change in hand is finished first/);
    expect(said).toMatch(
      /Error: Interrupted\n[\s\S]*next: {2}Run the same command again to go on: what is done stays done, the rest follows\./,
    );
    expect(said).not.toMatch(/Mend /);
    expect((await cluster.sh('node1', 'ls /run/kinit')).stdout).not.toContain('lock\n');
  });

  test('a second kinit is told who is at work, and the first one converges', async () => {
    const first = startKinit(['init', '-i', cluster.inventory]);
    await first.until(/node1 +- +(connected|waiting)|artifacts for/);
    const second = await eventually('the second kinit to meet the lock', 60, async () => {
      const result = await kinit(['init', '-i', cluster.inventory]);
      return result.code === 17 ? result : undefined;
    });
    expect(second.stderr).toMatch(
      new RegExp(
        `^Error on node1: another kinit is at work on this cluster: \\S+@\\S+ runs "init"\\n {2}tried: taking the lock /run/kinit/lock\\n {2}found: held by \\S+@\\S+, process ${first.pid}, command "init", started \\S+ \\(\\d+ s ago\\), last sign of life \\d+ s ago, expires in \\d+ s without another\\n {2}next: {2}Wait for it to end`,
        'm',
      ),
    );
    const { code, said } = await first.ended(240);
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    const nodes = await cluster.kubectl(
      'get nodes -o jsonpath=\'{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {end}\'',
    );
    expect(nodes.trim()).toBe('node1 True node2 True');
    const { events } = await kinitEvents(['init', '-i', cluster.inventory]);
    expect({ failures: failuresOf(events), changes: only(events, 'run-finished').changes }).toEqual({
      failures: [],
      changes: 0,
    });
  });
});
