import { expect, test } from 'vitest';
import { check, complaints, type Wanted } from './nodes.js';

test('good hosts: every check is ok, has a title and says what was found', () => {
  const results = [...check().values()].flat();
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(results.filter(({ title, found }) => title === '' || found === '')).toEqual([]);
});

test('names of checks are unique on a host, and every complaint has a next step', () => {
  const bad: Wanted = {
    controlPlane: {
      cpus: 1,
      memoryMB: 500,
      kernel: '4.9.0',
      cgroupVersion: 1,
      kernelFeatures: [],
      arch: 'unsupported',
      initSystem: 'openrc',
      clockOffsetMs: 90_000,
      machineId: '',
      disks: [{ path: '/', availableMB: 10, totalMB: 20 }],
      firewalls: ['ufw'],
      packageLockHolder: 'apt-get (pid 7)',
      swap: [{ device: '/dev/sda2', sizeKB: 2_097_152 }],
    },
    spec: { swap: 'keep', firewall: 'keep', proxyMode: 'ipvs', manageHostname: false },
  };
  const names = (check(bad).get('c1') ?? []).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(complaints(bad).filter(({ hint }) => (hint ?? '') === '')).toEqual([]);
  expect(complaints(bad).length).toBeGreaterThan(12);
});

const ROCKY = { id: 'rocky', versionId: '9.4', codename: '', prettyName: 'Rocky Linux 9.4', like: ['rhel'] };
const named = (os: string): object => ({
  hosts: [
    { name: 'c1', address: '10.0.0.1', roles: ['control-plane'] },
    { name: 'w1', address: '10.0.0.2', os },
  ],
});

test.each(['debian', 'ubuntu', 'rocky-8'])('a host that is said to be %s and is another is refused by name', (os) => {
  const results = complaints({ spec: { ...named(os) }, worker: { os: ROCKY } }, 'w1');
  expect(results).toEqual([
    {
      name: 'os-as-named',
      title: 'Operating system as the inventory says',
      status: 'error',
      found: 'Rocky Linux 9.4',
      minimum: os,
      hint: `Is 10.0.0.2 the machine that w1 is meant to be? Correct its address in the inventory, install ${os} on it, or correct hosts[].os.`,
    },
  ]);
});

test.each(['redhat', 'rocky', 'rocky-9'])('a host that is said to be %s and is one is fine', (os) => {
  expect(complaints({ spec: { ...named(os) }, worker: { os: ROCKY } }, 'w1')).toEqual([]);
  expect(() => check({ spec: { ...named('centos-6') } })).toThrow(/os/);
});

test.each<[string, Wanted, string, object]>([
  [
    'one processor for a control plane',
    { controlPlane: { cpus: 1 } },
    'c1',
    { name: 'cpu', status: 'error', found: '1', minimum: '2' },
  ],
  ['one processor for a worker', { worker: { cpus: 1 } }, 'w1', { name: 'cpu', status: 'warning', recommended: '2' }],
  [
    'too little memory for a control plane',
    { controlPlane: { memoryMB: 1699 } },
    'c1',
    { name: 'memory', status: 'error', found: '1699 MB', minimum: '1700 MB' },
  ],
  [
    'just enough memory for a control plane',
    { controlPlane: { memoryMB: 1700 } },
    'c1',
    { name: 'memory', status: 'warning' },
  ],
  [
    'too little memory for a worker',
    { worker: { memoryMB: 699 } },
    'w1',
    { name: 'memory', status: 'error', minimum: '700 MB' },
  ],
  [
    'a full disk',
    {
      worker: {
        disks: [
          { path: '/', availableMB: 50_000, totalMB: 1 },
          { path: '/var/lib', availableMB: 3900, totalMB: 1 },
        ],
      },
    },
    'w1',
    { name: 'disk', status: 'error', found: '3.9 GB', minimum: '4.0 GB' },
  ],
  [
    'less memory than the inventory asks for',
    { worker: { memoryMB: 1900 }, spec: { preflight: { requirements: { memoryMB: 2000, cpus: 1, diskGB: 0.5 } } } },
    'w1',
    {
      name: 'memory',
      status: 'error',
      minimum: '2000 MB',
      hint: 'Give the machine more memory. The inventory asks for so much (preflight.requirements).',
    },
  ],
  [
    'a smaller disk than the inventory asks for',
    {
      worker: { disks: [{ path: '/', availableMB: 29_900, totalMB: 1 }] },
      spec: { preflight: { requirements: { diskGB: 30 } } },
    },
    'w1',
    { name: 'disk', status: 'error', found: '29.9 GB', minimum: '30.0 GB', recommended: '30.0 GB' },
  ],
  [
    'another operating system',
    { worker: { os: { id: 'arch', versionId: '', codename: '', prettyName: 'Arch Linux' } } },
    'w1',
    {
      name: 'os',
      status: 'error',
      found: 'Arch Linux',
      hint: 'kinit cannot prepare this system: install one of these.',
    },
  ],
  [
    'an old Debian',
    {
      worker: { os: { id: 'debian', versionId: '10', codename: 'buster', prettyName: 'Debian 10' } },
    },
    'w1',
    { name: 'os', status: 'error', hint: expect.stringContaining('not tried on this release') as string },
  ],
  [
    'another init system',
    { worker: { initSystem: 'openrc' } },
    'w1',
    { name: 'init', status: 'error', found: 'openrc' },
  ],
  ['cgroup v1', { worker: { cgroupVersion: 1 } }, 'w1', { name: 'cgroup', status: 'error', found: 'cgroup v1' }],
  [
    'cgroup v1, allowed',
    { worker: { cgroupVersion: 1 }, spec: { kubelet: { cgroupV1: 'allow' } } },
    'w1',
    { name: 'cgroup', status: 'warning' },
  ],
  [
    'cgroup v1 on a system that has no other',
    {
      worker: {
        cgroupVersion: 1,
        kernel: '6.9.7',
        os: { id: 'centos', versionId: '7', codename: '', prettyName: 'CentOS Linux 7 (Core)' },
      },
    },
    'w1',
    {
      name: 'cgroup',
      hint: 'CentOS Linux 7 (Core) has none of version 2, whatever its kernel: take a newer release, or set kubelet.cgroupV1: allow.',
    },
  ],
  [
    'an old kernel',
    { worker: { kernel: '4.18.0-553.el8' } },
    'w1',
    { name: 'kernel', status: 'error', minimum: '4.19' },
  ],
  [
    'a kernel of release 7',
    { worker: { kernel: '3.10.0-1160.el7.x86_64' } },
    'w1',
    { name: 'kernel', status: 'error', found: '3.10.0-1160.el7.x86_64' },
  ],
  [
    'a kernel that upstream lists no more',
    { worker: { kernel: '4.19.0-27-amd64' } },
    'w1',
    { name: 'kernel', status: 'warning', recommended: '5.13' },
  ],
  [
    'a good kernel, and the inventory wants a newer one: nothing is said of what works',
    { worker: { kernel: '6.18.5' }, spec: { kernel: { min: '9.9' } } },
    'w1',
    {
      name: 'kernel',
      status: 'error',
      minimum: '9.9 or newer, as the inventory says',
      hint: 'kernel.upgrade is none: install a newer kernel and reboot.',
    },
  ],
  [
    'a kernel too old for nftables',
    { worker: { kernel: '5.10.0-28-amd64' }, spec: { proxyMode: 'nftables' } },
    'w1',
    { name: 'kernel', status: 'error', minimum: '5.13' },
  ],
  ['the same kernel with auto', { worker: { kernel: '5.10.0-28-amd64' } }, 'w1', { name: 'kernel', status: 'warning' }],
  [
    'no VXLAN',
    { worker: { kernelFeatures: ['overlay', 'br_netfilter', 'nftables'] } },
    'w1',
    { name: 'kernel-vxlan', status: 'error' },
  ],
  [
    'neither nftables nor iptables',
    { worker: { kernelFeatures: ['overlay', 'br_netfilter', 'vxlan'] } },
    'w1',
    { name: 'kernel-proxy', status: 'error', found: 'neither' },
  ],
  [
    'swap that is kept',
    { worker: { swap: [{ device: '/dev/zram0', sizeKB: 1_048_576 }] }, spec: { swap: 'keep' } },
    'w1',
    { name: 'swap', status: 'warning', found: '/dev/zram0 (1024 MB)' },
  ],
  [
    'a firewall that is kept',
    { worker: { firewalls: ['ufw'] }, spec: { firewall: 'keep' } },
    'w1',
    { name: 'firewall', status: 'warning', found: 'ufw active' },
  ],
  [
    'the apt lock',
    { worker: { packageLockHolder: 'unattended-upgr (pid 812)' } },
    'w1',
    { name: 'apt-lock', status: 'warning', found: 'locked by unattended-upgr (pid 812)' },
  ],
  [
    'time servers that its time service is not told of',
    { worker: { timeServices: ['ntpd'] }, spec: { timeServers: ['ntp.example.com'] } },
    'w1',
    { name: 'time-servers', status: 'warning', found: 'ntpd keeps the time' },
  ],
  [
    'the same host name on both',
    { worker: { hostname: 'c1' }, spec: { manageHostname: false } },
    'w1',
    { name: 'hostname', status: 'error', found: 'c1, also on c1' },
  ],
  [
    'a host name in upper case',
    { worker: { hostname: 'Worker' }, spec: { manageHostname: false } },
    'w1',
    { name: 'hostname', status: 'error', found: 'Worker' },
  ],
  [
    'a cloned machine id',
    { worker: { machineId: 'machine-c1' } },
    'w1',
    { name: 'machine-id', status: 'error', found: 'machine-c1, also on c1' },
  ],
  [
    'the same machine twice',
    { worker: { machineId: 'machine-c1', bootId: 'boot-c1' } },
    'c1',
    { name: 'machine-id', status: 'error', found: 'this is the same machine as w1' },
  ],
  ['a product UUID twice', { worker: { productUuid: 'UUID-C1' } }, 'w1', { name: 'product-uuid', status: 'warning' }],
  [
    'a clock behind',
    { worker: { clockOffsetMs: -61_000 } },
    'w1',
    { name: 'clock', status: 'error', found: '61 s behind this machine, 61 s behind c1' },
  ],
  [
    'clocks apart from each other',
    { controlPlane: { clockOffsetMs: 40_000 }, worker: { clockOffsetMs: -40_000 } },
    'c1',
    { name: 'clock', status: 'error', found: '40 s ahead of this machine, 80 s ahead of w1' },
  ],
  [
    'all clocks wrong alike',
    { controlPlane: { clockOffsetMs: 8000 }, worker: { clockOffsetMs: 8100 } },
    'c1',
    { name: 'clock', status: 'warning', found: '8.0 s ahead of this machine' },
  ],
])('%s', (_, wanted, host, expected) => {
  const found = complaints(wanted, host);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject(expected);
});

test('cgroup v1 on a kernel that is too old for v2: the boot loader alone does not help', () => {
  const found = complaints({ worker: { cgroupVersion: 1, kernel: '5.4.278' } }, 'w1');
  expect(found.find(({ name }) => name === 'cgroup')?.hint).toBe(
    'Boot with systemd.unified_cgroup_hierarchy=1 on the kernel command line and a kernel from 5.8 on, or set kubelet.cgroupV1: allow.',
  );
});

test.each<[string, Wanted]>([
  ['swap that is turned off', { worker: { swap: [{ device: '/swapfile', sizeKB: 1 }] } }],
  ['a firewall that is turned off', { worker: { firewalls: ['firewalld'] } }],
  ['another host name, when kinit sets it', { worker: { hostname: 'Localhost' } }],
  [
    'features that come with loadable modules',
    {
      worker: {
        kernelFeatures: [],
        modules: { loaded: ['overlay'], builtin: ['vxlan'], loadable: ['br_netfilter', 'nf_tables'] },
      },
    },
  ],
  ['a kernel version that cannot be read', { worker: { kernel: 'custom' } }],
  [
    'host-gw without VXLAN',
    {
      worker: { kernelFeatures: ['overlay', 'br_netfilter', 'nftables'] },
      spec: { network: { flannelBackend: 'host-gw' } },
    },
  ],
  ['product UUIDs that cannot be read', { controlPlane: { productUuid: '' }, worker: { productUuid: '' } }],
  [
    'little disk on a node that works',
    {
      worker: {
        disks: [{ path: '/', availableMB: 900, totalMB: 1 }],
        kubernetes: { membership: 'member', kubeletActive: true, pki: {}, journal: true, made: true, manifests: {} },
      },
    },
  ],
])('%s: no complaint', (_, wanted) => {
  expect(complaints(wanted, 'w1')).toEqual([]);
});

test('ip_vs missing from the kernel', () => {
  const found = complaints(
    { worker: { kernelFeatures: ['overlay', 'br_netfilter', 'vxlan', 'iptables'] }, spec: { proxyMode: 'ipvs' } },
    'w1',
  );
  expect(found.map(({ name, status }) => `${name} ${status}`)).toEqual(['kernel-ip_vs error', 'proxy-mode warning']);
});

test('ipvs works and carries its one-line warning', () => {
  expect(complaints({ spec: { proxyMode: 'ipvs' } }, 'w1')).toMatchObject([
    { name: 'proxy-mode', status: 'warning', hint: expect.stringContaining('deprecated') as string },
  ]);
});

test('ignoring turns errors into ignored, and nothing else', () => {
  const facts: Wanted = { controlPlane: { cpus: 1, memoryMB: 1000, packageLockHolder: 'apt' } };
  const byName = (ignore: string[]): string[] =>
    complaints({ ...facts, spec: { preflight: { ignore } } }).map(({ name, status }) => `${name} ${status}`);
  expect(byName(['memory'])).toEqual(['cpu error', 'memory ignored', 'apt-lock warning']);
  expect(byName(['all'])).toEqual(['cpu ignored', 'memory ignored', 'apt-lock warning']);
});
