import type { CheckResult } from '../../model/check.js';
import type { HostEvidence } from '../evidence.js';

/** The section that a check of this name reads. */
const READS: Readonly<Record<string, string>> = {
  kubelet: 'units',
  runtime: 'units',
  firewall: 'firewall',
  disk: 'disk',
  digests: 'digests',
};

/** The checks without those that would take for absent what could not be looked at; before them one that names it. */
export function onlyLookedAt(host: HostEvidence, checks: readonly CheckResult[]): CheckResult[] {
  return [...unlooked(host), ...checks.filter((check) => lookedAt(host, check))];
}

/** Whether what a check reads could be looked at. */
export function lookedAt({ unseen = {} }: HostEvidence, { name }: CheckResult): boolean {
  return unseen[READS[name] ?? ''] === undefined;
}

function unlooked(host: HostEvidence): CheckResult[] {
  const reasons = [
    ...(host.facts.unseen ?? []),
    ...Object.entries(host.unseen ?? {}).map(([id, reason]) => `${id}: ${reason}`),
  ];
  if (reasons.length === 0) return [];
  return [
    {
      name: 'evidence',
      title: 'What could not be looked at',
      minimum: 'nothing',
      status: 'error',
      found: reasons.join('; '),
      hint: 'Mend what gives no answer on the host, then ask again: what could not be seen is not known to be absent.',
    },
  ];
}
