import { expect, test } from 'vitest';
import { capacity } from '../../src/facts/subjects/hardware/capacity.js';
import { disksWith } from '../../src/facts/subjects/hardware/disks.js';
import { machine } from '../../src/facts/subjects/hardware/machine.js';
import { network } from '../../src/facts/subjects/network/network.js';
import { os } from '../../src/facts/subjects/system/os.js';
import { selinux } from '../../src/facts/subjects/system/selinux.js';
import { services } from '../../src/facts/subjects/system/services.js';
import { swap } from '../../src/facts/subjects/system/swap.js';
import { sh } from '../../src/shell/script.js';

test('os: names from ID and ID_LIKE, quotes are taken off', () => {
  expect(
    os.parse('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'),
  ).toEqual({
    id: 'debian',
    like: [],
    versionId: '12',
    codename: 'bookworm',
    prettyName: 'Debian GNU/Linux 12 (bookworm)',
  });
  expect(os.parse('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"').like).toEqual([
    'rhel',
    'centos',
    'fedora',
  ]);
  expect(os.parse("ID='linuxmint'\nID_LIKE='ubuntu debian'")).toMatchObject({
    id: 'linuxmint',
    like: ['ubuntu', 'debian'],
  });
  expect(os.parse('ID=arch')).toMatchObject({ like: [], prettyName: 'arch' });
  expect(os.parse('').like).toEqual([]);
});

test('machine: Go names of architectures, cgroup 1 unless v2 is seen', () => {
  expect(
    machine.parse(
      'arch=aarch64\nkernel=6.1.0\nhostname=n1\nuuid=ABCD-1\nmachine_id=m\nboot_id=b\ninit=systemd\ncgroup=2\n',
    ),
  ).toEqual({
    arch: 'arm64',
    kernel: '6.1.0',
    hostname: 'n1',
    productUuid: 'abcd-1',
    machineId: 'm',
    bootId: 'b',
    initSystem: 'systemd',
    cgroupVersion: 2,
  });
  expect(machine.parse('arch=riscv64\n')).toMatchObject({ arch: 'unsupported', cgroupVersion: 1, productUuid: '' });
});

test('capacity: the tightest cgroup limit counts, "max", -1 and the huge number of v1 do not', () => {
  expect(capacity.parse('cpus 8\nMemTotal:       16384000 kB\n')).toEqual({ cpus: 8, memoryMB: 16000 });
  expect(
    capacity.parse(
      'cpus 8\nMemTotal: 16384000 kB\nmemory max\nmemory 9223372036854771712\nmemory 2147483648\nmemory 4294967296\ncpu max 100000\ncpu -1 100000\ncpu 200000 100000',
    ),
  ).toEqual({ cpus: 2, memoryMB: 2048 });
  expect(capacity.parse('cpus 4\nMemTotal: 1024 kB\ncpu 50000 100000').cpus).toBe(1);
  expect(capacity.parse('')).toEqual({ cpus: 1, memoryMB: 0 });
});

test('network: addresses others can reach, and the source of the default route', () => {
  const output = [
    '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
    '2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global dynamic eth0\\       valid_lft 3600sec preferred_lft 3600sec',
    '2: eth0    inet6 fd00::5/64 scope global \\       valid_lft forever preferred_lft forever',
    '2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever',
    '3: ppp0    inet 10.1.0.1 peer 10.1.0.2/32 scope global ppp0\\       valid_lft forever preferred_lft forever',
    '4: veth1@if2    inet 10.2.0.1/24 scope global veth1\\       valid_lft forever preferred_lft forever',
    'default via 10.0.0.1 dev eth0 proto dhcp metric 100 ',
    'get 192.0.2.1 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0 ',
    'get     cache ',
    'route default via 10.0.0.1 dev eth0 proto dhcp metric 100 ',
    'route 10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5 ',
    'route 10.9.0.0/16 via 10.0.0.254 dev eth0 ',
    'route 10.8.0.7 dev ppp0 scope link ',
    'route blackhole 10.7.0.0/16 ',
    'nameserver 127.0.0.53',
    'nameserver 10.0.0.53',
    'nameserver 127.0.0.53',
    'session 192.0.2.7 50000 10.0.0.5 22',
  ];
  expect(network.parse(output.join('\n'))).toEqual({
    addresses: [
      { interface: 'eth0', address: '10.0.0.5', prefix: 24 },
      { interface: 'eth0', address: 'fd00::5', prefix: 64 },
      { interface: 'ppp0', address: '10.1.0.1', prefix: 32 },
      { interface: 'veth1', address: '10.2.0.1', prefix: 24 },
    ],
    defaultRoute: { interface: 'eth0', source: '10.0.0.5' },
    routes: [
      { network: '10.0.0.0/24', interface: 'eth0' },
      { network: '10.9.0.0/16', interface: 'eth0', gateway: '10.0.0.254' },
      { network: '10.8.0.7/32', interface: 'ppp0' },
    ],
    nameservers: ['127.0.0.53', '10.0.0.53'],
    session: { client: '192.0.2.7', server: '10.0.0.5' },
  });
});

test('network: an explicit src wins, IPv6 alone counts, none is none', () => {
  expect(
    network.parse('default via 10.0.0.1 dev eth0 src 10.0.0.9\nget 192.0.2.1 dev eth0 src 10.0.0.5').defaultRoute,
  ).toEqual({ interface: 'eth0', source: '10.0.0.9' });
  expect(
    network.parse('default via fe80::1 dev eth1 proto ra metric 1024 expires 1790sec pref medium').defaultRoute,
  ).toEqual({ interface: 'eth1' });
  expect(network.parse('')).toEqual({ addresses: [], routes: [], nameservers: [] });
});

test('swap: partitions, files and zram, without the heading', () => {
  expect(
    swap.parse(
      'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t8388604\t\t0\t\t100\n/swap\\040file                           file\t\t1048572\t\t0\t\t-2\n',
    ),
  ).toEqual([
    { device: '/dev/zram0', sizeKB: 8388604 },
    { device: '/swap file', sizeKB: 1048572 },
  ]);
  expect(swap.parse('Filename Type Size Used Priority\n')).toEqual([]);
});

test('selinux: running, installed, or not there', () => {
  expect([selinux.parse('1'), selinux.parse('0\n'), selinux.parse('disabled\n'), selinux.parse('')]).toEqual([
    'enforcing',
    'permissive',
    'disabled',
    'absent',
  ]);
});

const UNITS = 11;
const states = (active: readonly number[]): string =>
  Array.from({ length: UNITS }, (_, index) =>
    active.includes(index) ? 'active' : index % 2 === 0 ? 'inactive' : 'unknown',
  ).join('\n');

test('services: one state a unit in order; ufw only when it is switched on', () => {
  expect(services.parse(`${states([0, 1, 3, 4, 10])}\n`)).toEqual({
    firewalls: ['firewalld'],
    timeServices: ['chrony'],
    kubeletActive: true,
  });
  expect(services.parse(`${states([0, 5, 6])}\nufw-enabled\n`)).toEqual({
    firewalls: ['ufw'],
    timeServices: ['systemd-timesyncd', 'ntpd'],
    kubeletActive: false,
  });
  const script = sh(services.script, services.values);
  expect(script).toContain('systemctl is-active "$@"');
  expect(script).toContain(
    'set -- ufw firewalld nftables chrony chronyd systemd-timesyncd ntp ntpd ntpsec openntpd kubelet\n',
  );
});

test('services: without an answer of systemd nothing is active', () => {
  expect(services.parse('active\nactive\n')).toEqual({ firewalls: [], timeServices: [], kubeletActive: false });
});

const disks = disksWith([]);

test('disks: sizes in MB, whatever the device is called', () => {
  expect(
    disks.parse(
      '/ /dev/sda1 103081248 51540624 46279700 53% /\n/var/lib //nas/two words 2048000 1024000 1024000 50% /var/lib\n/var/log overlay 1024 2048 -1024 100% /\n',
    ),
  ).toEqual([
    { path: '/', totalMB: 100665, availableMB: 45195 },
    { path: '/var/lib', totalMB: 2000, availableMB: 1000 },
    { path: '/var/log', totalMB: 1, availableMB: -1 },
  ]);
  expect(disks.parse('/ \n')).toEqual([]);
});
