import { expect, test } from 'vitest';
import { CELL_HOST, testCell } from './support/cell.js';
import { all, kinitEvents, kinitOk, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';
import { RUNTIME } from './support/runtime.js';

/** A host with the tools, files and names of the Red Hat family; kernel and C library are Debian's (docs/lab.md). */
testCell(
  { name: 'redhat', image: 'rocky-9', runtime: RUNTIME, inventory: { packages: ['chrony=4.3-1.el9'] } },
  { bare: refused, running: prepared },
);

function refused(cluster: () => LabHandle): void {
  test.each([
    [
      'a repository that does not answer',
      `printf '[dead]\\nname=dead\\nbaseurl=http://127.0.0.1:9/\\ngpgcheck=0\\n' > /etc/yum.repos.d/dead.repo`,
      /dead[^]*(Couldn't connect|Failed to connect)/,
    ],
    [
      'a wrong key',
      `set -e; export GNUPGHOME=/tmp/kinit-key; mkdir -p -m 700 $GNUPGHOME; trap 'rm -rf $GNUPGHOME' EXIT
         gpg -q --batch --passphrase '' --quick-generate-key nobody rsa2048 sign never; gpg --armor --export > /tmp/kinit-other; gpgconf --kill all
         sed 's,^.lab.,[wrong],; s,^gpgkey=.*,gpgkey=file:///tmp/kinit-other,' /etc/yum.repos.d/lab.repo > /etc/yum.repos.d/dead.repo
         sed -i 's/^enabled=.*//; $a enabled=0' /etc/yum.repos.d/lab.repo; rpm -e gpg-pubkey || :`,
      /GPG/,
    ],
  ])('%s is named, and nothing was changed', async (_what, make, told) => {
    const saved = 'cp -a /etc/yum.repos.d /tmp/kinit-repos';
    const back = 'rm -rf /etc/yum.repos.d /tmp/kinit-other; mv /tmp/kinit-repos /etc/yum.repos.d';
    await cluster().sh(CELL_HOST, `${saved}\n${make}`);
    try {
      expect(await failure(cluster(), 'ipvsadm')).toMatch(told);
      expect((await cluster().sh(CELL_HOST, 'rpm -q ipvsadm', { reject: false })).code).toBe(1);
    } finally {
      await cluster().sh(CELL_HOST, back);
    }
  });

  test('a version and a package that no repository has are told with what there is', async () => {
    const told = await failure(cluster(), 'ipvsadm=9.9-9', 'no-such-package');
    expect(told).toContain('there is no version 9.9-9; the repositories of this host have 1.31-1.el9');
    expect(told).toContain('no-such-package: no repository of this host has a package of that name');
  });

  test('firewall: open-ports: open in firewalld now and for good, in the zone of the link; reset leaves what others have opened', async () => {
    const { says, changes, reset } = onHost(cluster(), (text) => `${text}\nfirewall: open-ports\n`);
    // The ports of that zone and the sources of the trusted one: as they are stored, and as they are now.
    const look = `for where in --permanent ''; do
      firewall-cmd $where --zone=internal --list-ports; firewall-cmd $where --zone=trusted --list-sources; done`;
    // A person's link is not in the default zone; what they wrote lies there before and after.
    await says(
      'cp -a /etc/firewalld /root/firewalld; firewall-cmd --permanent --zone=internal --add-interface=host0 && firewall-cmd --reload',
    );
    expect(await says(`systemctl is-active firewalld; ${look}`)).toBe('active');
    const zones = 'cd /etc/firewalld/zones && sha256sum *';
    const before = await says(zones);

    expect(await changes('firewall')).toHaveLength(1);
    const [ports = '', pods, ...now] = (await says(look)).split('\n');
    for (const port of ['6443/tcp', '10250/tcp', '30000-32767/tcp', '30000-32767/udp', '8472/udp'])
      expect(ports.split(' ')).toContain(port);
    expect(pods).toBe('10.244.0.0/16');
    expect(now).toEqual([ports, pods]);
    expect(await changes('firewall')).toEqual([]);
    // What is stored is all that it knows after a boot.
    await says('firewall-cmd --reload');
    expect(await changes('firewall')).toEqual([]);

    await says('firewall-cmd --zone=internal --add-port=4444/tcp');
    await reset('--remove-packages');
    expect(await says(look)).toBe('4444/tcp');
    expect(await says(zones)).toBe(before);
    await says('rm -rf /etc/firewalld; mv /root/firewalld /etc/firewalld; firewall-cmd --reload');
  });

  test("timeSync: chrony: the family's service, told in its own file of the servers; reset takes all of it away", async () => {
    const { says, changes, reset } = onHost(
      cluster(),
      (text) => `${text.replace(/^timeSync: keep$/m, 'timeSync: chrony')}\ntimeServers: [192.0.2.123]\n`,
    );
    expect(await changes('packages,time')).not.toEqual([]);
    expect(await says('systemctl is-active chronyd; systemctl is-enabled chronyd; chronyc -n sources')).toMatch(
      /^active\nenabled\n[^]* 192\.0\.2\.123 /,
    );
    // The file is the package's; kinit has a few lines in it.
    expect(await says('cat /etc/chrony.conf')).toMatch(/^pool [^]*^server 192\.0\.2\.123 iburst prefer$/m);
    expect(await changes('packages,time')).toEqual([]);
    await reset('--remove-packages');
    // The family's package has them; the emulated one makes them at its start.
    await says('rm -rf /var/lib/chrony /run/chrony');
    expect(await says('rpm -q chrony; systemctl is-active chronyd; ls /etc/chrony.conf 2>&1 || :')).toMatch(
      /^package chrony is not installed\ninactive\n.*No such file/,
    );
  });
}

function prepared(cluster: () => LabHandle): void {
  test('the version that the inventory names is there and held; packages came from a signed repository', async () => {
    const { stdout } = await cluster().sh(
      CELL_HOST,
      'rpm -q chrony; grep -c "^chrony-" /etc/dnf/plugins/versionlock.list; rpm -q gpg-pubkey --qf "%{SUMMARY}\\n" | grep -c "Packages of kinit lab"',
    );
    expect(stdout.trim().split('\n')).toEqual(['chrony-4.3-1.el9.x86_64', '1', '1']);
  });

  test('firewalld is off now and after a reboot; the mode of SELinux is left alone where the inventory says so', async () => {
    const { stdout } = await cluster().sh(
      CELL_HOST,
      'systemctl is-active firewalld; systemctl is-enabled firewalld; grep ^SELINUX= /etc/selinux/config',
    );
    expect(stdout.trim().split('\n')).toEqual(['inactive', 'disabled', 'SELINUX=enforcing']);
  });
}

/** A host with a changed inventory. */
function onHost(
  cluster: LabHandle,
  change: (text: string) => string,
): {
  readonly says: (script: string) => Promise<string>;
  /** What init of these phases changes. */
  readonly changes: (phases: string) => Promise<readonly string[]>;
  readonly reset: (...more: readonly string[]) => Promise<void>;
} {
  const inventory = changedInventory(cluster, 'changed', change);
  return {
    says: async (script) => (await cluster.sh(CELL_HOST, script)).stdout.trim(),
    changes: async (phases) => {
      const { code, events, stderr } = await kinitEvents(['init', '-i', await inventory, '--only', phases]);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      return all(events, 'change-applied').map(({ change: { summary } }) => summary);
    },
    reset: async (...more) => {
      await kinitOk(['reset', '--yes', ...more, '-i', await inventory]);
    },
  };
}

/** What init says when it cannot install packages. */
async function failure(cluster: LabHandle, ...wishes: readonly string[]): Promise<string> {
  const inventory = await changedInventory(cluster, 'wish', (text) =>
    text.replace(/^packages:\n( +- .*\n)+/m, `packages: ${JSON.stringify(wishes)}\n`),
  );
  const { code, events } = await kinitEvents(['init', '-i', inventory, '--only', 'packages']);
  expect(code).not.toBe(0);
  return all(events, 'phase-failed')
    .map(({ message, error }) => `${message}\n${error.found ?? ''}`)
    .join('\n');
}
