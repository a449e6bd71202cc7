import type { Spec } from '../../model/spec.js';
import { sysctlCovers, sysctlName, sysctlValue } from '../../model/text/sysctl.js';
import { neededSysctls } from '../../phases/host/sysctls.js';
import { nearest } from '../nearest.js';
import type { Finding } from '../problem.js';
import { duplicates } from './names.js';
import type { Rule } from './rule.js';

export const sysctlRules: readonly Rule[] = [
  { reads: ['sysctls'], check: wellFormed },
  { reads: ['sysctls'], check: once },
  { reads: ['sysctls', 'ipv6'], check: asNeeded },
];

const ROOTS = ['abi', 'debug', 'dev', 'fs', 'kernel', 'net', 'user', 'vm'];

function wellFormed({ sysctls }: Spec): Finding[] {
  return Object.entries(sysctls).flatMap(([name, value]): Finding[] => {
    const path = ['sysctls', name];
    const place = { path, atKey: true, found: JSON.stringify(name) };
    const root = name.split(/[./]/)[0] ?? '';
    if (!/^[a-zA-Z0-9_*-]+([./][a-zA-Z0-9_*@:-]+)+$/.test(name))
      return [{ ...place, message: 'must be the name of a sysctl, such as net.core.somaxconn' }];
    if (!ROOTS.includes(root)) {
      const meant = nearest(root, ROOTS);
      const suggestion = meant === undefined ? {} : { suggestion: name.replace(root, meant) };
      return [{ ...place, message: `sysctls start with ${ROOTS.join(', ')}`, ...suggestion }];
    }
    return value.trim() === '' || /[\n\r\0]/.test(value)
      ? [{ path, message: 'the value of a sysctl is one line that is not empty' }]
      : [];
  });
}

/** Hosts would go from one value to the other, and be right with neither. */
function once({ sysctls }: Spec): Finding[] {
  const names = Object.keys(sysctls);
  return duplicates(names.map(sysctlName)).map(({ index, first }) => ({
    path: ['sysctls', names[index] ?? ''],
    atKey: true,
    found: JSON.stringify(names[index]),
    message: `is ${names[first] ?? ''}, which stands above already; keep one of them`,
  }));
}

function asNeeded(spec: Spec): Finding[] {
  return Object.entries(spec.sysctls).flatMap(([name, given]): Finding[] => {
    const covers = sysctlCovers(name);
    const other = neededSysctls(spec).find(({ key, value }) => covers(key) && sysctlValue(given) !== value);
    if (other === undefined) return [];
    const { key, value, why } = other;
    const itself = key === name ? 'must be' : `sets ${key}, which must be`;
    return [{ path: ['sysctls', name], message: `${itself} ${value}: ${why}; take the line out` }];
  });
}
