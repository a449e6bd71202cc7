import type { Spec } from '../../model/spec.js';
import type { Finding, Path } from '../problem.js';
import { duplicates, isDnsName } from './names.js';
import type { Rule } from './rule.js';

/** Labels and taints, by the rules the API server has for them. */
export const nodeMarkRules: readonly Rule[] = [
  { reads: ['hosts.labels'], check: labels },
  { reads: ['hosts.taints'], check: taints },
];

function labels({ hosts }: Spec): Finding[] {
  return hosts.flatMap((host, index) =>
    Object.entries(host.labels).flatMap(([key, value]) => {
      const path = ['hosts', index, 'labels', key];
      return [...keyFinding(key, path, 'label'), ...valueFinding(value, path, 'label')];
    }),
  );
}

function taints({ hosts }: Spec): Finding[] {
  return hosts.flatMap((host, index) => {
    const one = host.taints.flatMap((taint, position) => {
      const path = ['hosts', index, 'taints', position];
      return [
        ...keyFinding(taint.key, [...path, 'key'], 'taint', false),
        ...valueFinding(taint.value ?? '', [...path, 'value'], 'taint'),
      ];
    });
    const twice = duplicates(host.taints.map((taint) => `${taint.key} ${taint.effect}`));
    return [
      ...one,
      ...twice.map((taint) => ({
        path: ['hosts', index, 'taints', taint.index],
        found: 'a taint',
        message: 'a taint with this key and effect stands above already',
      })),
    ];
  });
}

/** apimachinery validation.IsQualifiedName: [DNS subdomain /] name of at most 63. */
function keyFinding(key: string, path: Path, what: string, atKey = true): Finding[] {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2 || !isMarkWord(name))
    return [
      {
        path,
        atKey,
        found: JSON.stringify(key),
        message: `the name of a ${what} has at most 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit; a DNS name and "/" may stand before it`,
      },
    ];
  if (prefix !== undefined && !isDnsName(prefix))
    return [
      { path, atKey, found: JSON.stringify(key), message: `what stands before "/" in a ${what} must be a DNS name` },
    ];
  return [];
}

function valueFinding(value: string, path: Path, what: string): Finding[] {
  if (value === '' || isMarkWord(value)) return [];
  return [
    {
      path,
      message: `the value of a ${what} has at most 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit`,
    },
  ];
}

function isMarkWord(word: string): boolean {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(word);
}
