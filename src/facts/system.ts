import type { HostFacts } from '../model/facts.js';
import { fields, lines, type Probe } from './probe.js';

/** Distribution, from os-release(5). */
export const os: Probe<HostFacts['os']> = {
  script: 'cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release',
  parse: (output) => {
    const found = fields(output);
    const value = (key: string): string => (found.get(key) ?? '').replace(/^(["'])(.*)\1$/, '$2');
    const family = [value('ID'), ...value('ID_LIKE').split(/\s+/)];
    return {
      id: value('ID'),
      versionId: value('VERSION_ID'),
      codename: value('VERSION_CODENAME'),
      prettyName: value('PRETTY_NAME'),
      family: family.some((id) => id === 'debian' || id === 'ubuntu') ? 'debian' : family.some((id) => id === 'rhel' || id === 'centos' || id === 'fedora') ? 'redhat' : 'unknown',
    };
  },
};

type Identity = Pick<HostFacts, 'arch' | 'kernel' | 'hostname' | 'productUuid' | 'machineId' | 'bootId' | 'initSystem'>;

/** Who this machine is. */
export const identity: Probe<Identity> = {
  script: [
    'echo "arch=$(uname -m)"',
    'echo "kernel=$(uname -r)"',
    'echo "hostname=$(cat /proc/sys/kernel/hostname)"',
    'echo "product=$(cat /sys/class/dmi/id/product_uuid 2>/dev/null)"',
    'echo "machine=$(cat /etc/machine-id 2>/dev/null)"',
    'echo "boot=$(cat /proc/sys/kernel/random/boot_id)"',
    'if [ -d /run/systemd/system ]; then echo init=systemd; else echo "init=$(cat /proc/1/comm)"; fi',
  ].join('\n'),
  parse: (output) => {
    const found = fields(output);
    const value = (key: string): string => found.get(key) ?? '';
    const machine = value('arch');
    return {
      arch: machine === 'x86_64' ? 'amd64' : machine === 'aarch64' ? 'arm64' : 'unsupported',
      kernel: value('kernel'),
      hostname: value('hostname'),
      productUuid: value('product').toLowerCase(),
      machineId: value('machine'),
      bootId: value('boot'),
      initSystem: value('init'),
    };
  },
};

type Services = Pick<HostFacts, 'firewalls' | 'timeServices'>;

const FIREWALLS = ['ufw', 'firewalld', 'nftables'] as const;
const TIME_SERVICES = ['chrony', 'chronyd', 'systemd-timesyncd', 'ntp', 'ntpd', 'ntpsec', 'openntpd'];

/** Services that phases must know of before they decide; only those active now. */
export const services: Probe<Services> = {
  script: `for U in ${[...FIREWALLS, ...TIME_SERVICES].join(' ')}; do echo "$U=$(systemctl is-active "$U.service" 2>/dev/null)"; done`,
  parse: (output) => {
    const found = fields(output);
    const active = (name: string): boolean => found.get(name) === 'active';
    return { firewalls: FIREWALLS.filter(active), timeServices: TIME_SERVICES.filter(active) };
  },
};

/** Host clock in milliseconds since 1970. */
export const clock: Probe<number> = {
  script: 'date +%s%N',
  parse: (output) => {
    const digits = lines(output)[0] ?? '';
    // A date without %N (busybox) prints seconds and a letter.
    return /^\d{19}$/.test(digits) ? Number(digits.slice(0, 13)) : Number.parseInt(digits, 10) * 1000;
  },
};

export const selinux: Probe<HostFacts['selinux']> = {
  script: 'if [ -r /sys/fs/selinux/enforce ]; then cat /sys/fs/selinux/enforce; elif [ -f /etc/selinux/config ]; then echo config; fi',
  parse: (output) => ({ '1': 'enforcing', '0': 'permissive', config: 'disabled' })[output.trim()] as HostFacts['selinux'] | undefined ?? 'absent',
};
