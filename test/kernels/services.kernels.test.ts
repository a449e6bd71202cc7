import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { all, eventually, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { differences, record, type Recording } from '../e2e/support/recording/recording.js';
import { changedInventory, startKinit } from '../e2e/support/running.js';
import { EMBEDDED, shape } from '../e2e/support/shapes.js';

const NODE = 'node1';
/** What these services and a boot change by themselves. */
const THEIR_OWN = [
  'file /etc/apt/sources.list',
  'file /var/lib/NetworkManager/timestamps',
  'file /var/lib/unattended-upgrades/kept-back',
  'process systemd-hostnam',
  'unit systemd-hostnamed.service',
  'sysctl net.ipv4.tcp_fastopen_key',
  'sysctl vm.user_reserve_kbytes',
];

/** NetworkManager's dispatcher ends some seconds after it was last needed; udev numbers what it watches as devices come. */
const THEIR_OWN_LIKE =
  /^(process nm-dispatcher|(unit|cgroup) .*NetworkManager-dispatcher\.service|run \/run\/udev\/watch\/)/;

/**
 * The services that cloud images and installers of Debian and Ubuntu have, told by a person to see to every link: netplan with
 * systemd-networkd, NetworkManager, and systemd-resolved.
 */
const NETWORK = `set -e
export DEBIAN_FRONTEND=noninteractive
sed -n 's/^nameserver //p' /etc/resolv.conf | paste -sd, > /root/servers
apt-get install -yqq --no-install-recommends netplan.io network-manager systemd-resolved > /dev/null
servers=$(cat /root/servers)
address=$(ip -4 -o address show dev vec0 | awk '{ print $4 }')
gateway=$(ip route show default | awk '{ print $3 }')
mkdir -p /etc/netplan /etc/NetworkManager/conf.d
cat > /etc/netplan/50-lab.yaml << END
network:
  version: 2
  renderer: networkd
  ethernets:
    a-host:
      match: {name: vec0}
      addresses: [$address]
      routes: [{to: default, via: $gateway}]
      nameservers: {addresses: [$servers]}
    z-all:
      match: {name: "[!l]*"}
      dhcp4: true
      optional: true
END
chmod 600 /etc/netplan/50-lab.yaml
printf '[keyfile]\\nunmanaged-devices=interface-name:vec0\\n\\n[device-all]\\nmatch-device=interface-name:*,except:interface-name:vec0\\nmanaged=1\\n' > /etc/NetworkManager/conf.d/mine.conf
for unit in systemd-udevd systemd-networkd systemd-resolved; do systemctl -q unmask "$unit"; done
systemctl -q enable systemd-networkd systemd-resolved NetworkManager
ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
sync`;

/** What installs and restarts by itself, with a repository that has something newer. */
const UPGRADES = `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -yqq --no-install-recommends unattended-upgrades needrestart python3-apt > /dev/null
mkdir -p /srv/debs && cd /srv/debs
for package in held:1: held:2: other:1: 'other:2:sleep 30' third:1:; do
  name=lab-\${package%%:*} rest=\${package#*:}
  rm -rf tree && mkdir -p tree/DEBIAN
  printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: lab <lab@example.com>\\nDescription: a name\\n' "$name" "\${rest%%:*}" > tree/DEBIAN/control
  printf '#!/bin/sh\\n%s\\n' "\${rest#*:}" > tree/DEBIAN/postinst
  chmod 755 tree/DEBIAN/postinst
  dpkg-deb --build tree . > /dev/null
done
rm -rf tree
for file in *.deb; do
  dpkg-deb -f "$file"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$file" "$(stat -c %s "$file")" "$(sha256sum < "$file" | cut -d' ' -f1)"
done > Packages
printf 'Origin: Lab\\nLabel: Lab\\nSuite: stable\\nDate: %s\\nSHA256:\\n %s %s Packages\\n' "$(LC_ALL=C date -Ru)" "$(sha256sum < Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" > Release
echo 'deb [trusted=yes] file:/srv/debs ./' > /etc/apt/sources.list.d/lab.list
printf '#clear Unattended-Upgrade::Origins-Pattern;\\nUnattended-Upgrade::Origins-Pattern { "origin=Lab"; };\\n' > /etc/apt/apt.conf.d/90lab
apt-get update -qq
apt-get install -yqq lab-other=1 > /dev/null
cp /bin/sleep /usr/local/bin/mine
printf '[Service]\\nExecStart=/usr/local/bin/mine infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/mine.service
systemctl enable -q --now mine`;

/** A bare server is none of these; what they would do to a node is in the way of its pods. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('a node whose system sees to things by itself'), () => {
  let own: LabHandle;
  let node: OwnKernelHost;
  let inventory: string;
  let before: Recording;

  beforeAll(async () => {
    // A bare host: of a prepared one reset takes away what was there before.
    own = await lab('services', { hosts: 1, cpus: 1, driver: 'uml' });
    node = hostOf(own);
    await own.sh(NODE, UPGRADES, { timeoutSeconds: 600 });
    await own.sh(NODE, NETWORK, { timeoutSeconds: 600 });
    shape(EMBEDDED, own.inventory);
    const more = stringify({ packages: ['lab-held=1'], preflight: { ignore: ['cpu'] } });
    inventory = await changedInventory(own, 'services', (text) => `${text}\n${more}`);
    // As it comes up by itself.
    await node.reboot();
    before = await record(own, NODE);
  });

  afterAll(async () => {
    await own.down();
  });

  test('init makes a cluster of it', async () => {
    expect(await node.says('systemctl is-active systemd-networkd NetworkManager systemd-resolved')).toBe(
      'active\nactive\nactive',
    );
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1200 });
    const { code, events } = await kinitEvents(['init', '-i', inventory]);
    expect({ code, changes: all(events, 'change-applied') }).toEqual({ code: 0, changes: [] });
  });

  test("links of pods are managed by neither network service; a person's own link is by both", async () => {
    await node.says('ip link add mine0 type bridge && ip link set mine0 up');
    const links = async (command: string): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await node.says(command)).split('\n').map((line) => {
          const [name = '', state = ''] = line.split(' ');
          return [name.replace(/^veth.*/, 'veth'), state] as const;
        }),
      );
    const ofPods = { cni0: 'unmanaged', 'flannel.1': 'unmanaged', veth: 'unmanaged' };
    const networkd = "networkctl list --no-legend --no-pager | awk '{ print $2, $5 }'";
    await eventually('networkd to see to the link', 30, async () =>
      (await links(networkd))['mine0'] === 'configuring' ? true : undefined,
    );
    expect(await links(networkd)).toMatchObject({ ...ofPods, vec0: 'configured' });
    const manager = await links("nmcli -t -f DEVICE,STATE device | sed 's/:/ /'");
    expect(manager).toMatchObject(ofPods);
    expect(manager['mine0']).not.toBe('unmanaged');
    await node.says('ip link delete mine0');
  });

  test('pods get the name servers behind systemd-resolved, not its own address; names of outside are answered', async () => {
    expect(await node.says("sed -n 's/^nameserver //p' /etc/resolv.conf")).toBe('127.0.0.53');
    expect(await node.says('grep ^resolvConf /var/lib/kubelet/config.yaml')).toBe(
      'resolvConf: /run/systemd/resolve/resolv.conf',
    );
    const servers = await node.says("sed -n 's/^nameserver //p' /run/systemd/resolve/resolv.conf");
    expect(servers).not.toMatch(/^127\./m);
    const ofPods = await node.says(
      "cat /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/*/resolv.conf | sed -n 's/^nameserver //p' | sort -u",
    );
    expect(ofPods.split('\n')).toEqual(expect.arrayContaining(servers.split('\n')));
    expect(ofPods).not.toContain('127.0.0.53');
    // The cluster's own server, which is a pod, hands the question on: "DEB.debian.org", type A.
    const ask = `python3 - << 'END'
import socket, struct
name = b"".join(bytes([len(part)]) + part for part in b"deb.debian.org".split(b".")) + b"\\0"
question = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name + struct.pack(">2H", 1, 1)
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
link.settimeout(10)
link.sendto(question, ("10.96.0.10", 53))
flags, _, answers = struct.unpack(">3H", link.recv(4096)[2:8])
print(flags & 15, answers > 0)
END`;
    expect(await node.says(ask)).toBe('0 True');
  });

  test('unattended-upgrade leaves what the inventory pins, and takes the rest', async () => {
    const would = (): Promise<string> => node.says('unattended-upgrade --dry-run -v 2>&1');
    const named = (said: string): string => /^Packages that will be upgraded: (.*)$/m.exec(said)?.[1] ?? said;
    expect(named(await would())).toBe('lab-other');
    // Without the hold it would be taken.
    await node.says('apt-mark unhold lab-held');
    expect(named(await would())).toBe('lab-held lab-other');
    const { code, events } = await kinitEvents(['init', '-i', inventory, '--only', 'packages']);
    expect({ code, changes: all(events, 'change-applied').length }).toEqual({ code: 0, changes: 1 });
    expect(named(await would())).toBe('lab-other');
  });

  test('an installation waits until an upgrade that runs is through', async () => {
    const third = await changedInventory(
      own,
      'third',
      (text) => `${text}\n${stringify({ packages: ['lab-held=1', 'lab-third'], preflight: { ignore: ['cpu'] } })}`,
    );
    await node.says('systemd-run -q --unit upgrade unattended-upgrade -v');
    await eventually('the upgrade to be at it', 60, async () =>
      (await node.says("dpkg-query -W -f '${db:Status-Status}' lab-other")) === 'half-configured' ? true : undefined,
    );
    const run = startKinit(['init', '-i', third, '--only', 'packages']);
    await run.until(/waiting for \S+ \(pid \d+\), which holds the package manager's lock/);
    expect((await run.ended(300)).code).toBe(0);
    expect(await node.says("dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\\n' 'lab-*'")).toBe(
      'lab-held 1 installed\nlab-other 2 installed\nlab-third 1 installed',
    );
  });

  test('needrestart restarts what a person runs, and leaves what the node runs on', async () => {
    const units = ['containerd', 'mine'];
    const pids = (): Promise<string[]> =>
      Promise.all(units.map((unit) => node.says(`systemctl show -P MainPID ${unit}`)));
    // Each runs from a file that is another one now, as after an upgrade.
    for (const name of units)
      await node.says(`cp -p /usr/local/bin/${name} /root/new && mv /root/new /usr/local/bin/${name}`);
    const former = await pids();
    const said = await node.says('needrestart -r a -l -v 2>&1');
    const now = await pids();
    expect({ said, same: units.map((_, at) => now[at] === former[at]) }).toEqual({
      said: expect.stringMatching(/containerd\.service/) as string,
      same: [true, false],
    });
  });

  test('reset gives the host back as it was', async () => {
    await kinitOk(['reset', '--yes', '--remove-packages', '-i', inventory], { timeoutSeconds: 600 });
    await node.says('apt-get install -yqq --allow-downgrades lab-other=1 > /dev/null');
    await node.reboot();
    const ignored = (section: string, key: string): boolean =>
      THEIR_OWN.includes(`${section} ${key}`) || THEIR_OWN_LIKE.test(`${section} ${key}`);
    expect(differences(before, await record(own, NODE), ignored)).toBe('');
  });
});
