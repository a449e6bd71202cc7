import { LEFTOVERS } from '../leftovers/table.js';
import { FAMILIES, lockCheckOf } from '../os/index.js';
import { checkNamed } from './leftovers.js';
import { REQUIREMENTS } from './requirements.js';

/** Stands for every check. */
export const ALL_CHECKS = 'all';

/** Names of checks that have no number in them (test/preflight/names.test.ts looks for others). */
const FIXED: readonly string[] = [
  ...REQUIREMENTS.map(({ name }) => name),
  ...[
    'address',
    'arch',
    'cgroup',
    'clock',
    'datastore-contents',
    'datastore-server',
    'endpoint',
    'firewall',
    'hostname',
  ],
  ...['init', 'kernel', 'kernel-proxy', 'machine-id', 'os', 'os-as-named', 'pod-range', 'product-uuid', 'proxy'],
  ...['proxy-mode', 'repository-format', 'repository-unchecked', 'runtime-package', 'service-range', 'signatures'],
  ...['ssh-forwarding', 'swap', 'time-servers', 'virtual-address'],
  ...FAMILIES.map(({ packages }) => lockCheckOf(packages)),
  ...LEFTOVERS.map(({ name }) => checkNamed(name)),
];

/** Of ports, and of what a kernel has to have: which ones depends on the inventory. */
const OTHERS = /^(?:port-\d{1,5}|reach-\d{1,5}(?:-udp)?|kernel-[a-z0-9_]+)$/;

/** Whether a check can have this name; whether one of that name is made depends on the hosts. 'all' is such a name too. */
export function isCheckName(name: string): boolean {
  return name === ALL_CHECKS || FIXED.includes(name) || OTHERS.test(name);
}

/** What may have been meant with a name that is none. */
export function checkNamesLike(name: string): readonly string[] {
  const [number] = /\d{1,5}/.exec(name) ?? [];
  const ports = number === undefined ? [] : [`port-${number}`, `reach-${number}`, `reach-${number}-udp`];
  return [...FIXED, ...ports];
}
