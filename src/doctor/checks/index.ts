import type { CheckResult } from '../../model/check.js';
import type { Spec } from '../../model/spec.js';
import type { DoctorCheck } from '../report.js';
import type { Evidence } from '../evidence.js';
import { clusterChecks } from './cluster.js';
import { fileChecks, type Expected } from './files.js';
import { hostChecks } from './host.js';
import { lookedAt } from './unlooked.js';

/** Every check of the doctor: hosts in the inventory's order, then the cluster. Pure. */
export function doctorChecks(
  evidence: Evidence,
  spec: Spec,
  expected: ReadonlyMap<string, Expected> = new Map(),
): DoctorCheck[] {
  const hosts = hostChecks(evidence, spec);
  const files = (name: string): CheckResult[] =>
    evidence.hosts
      .filter(({ host }) => host === name)
      .flatMap((host) => fileChecks(host, expected.get(name) ?? {}).filter((check) => lookedAt(host, check)));
  const lost = evidence.lost.map(
    ({ host, reason }): DoctorCheck => ({
      host,
      check: {
        name: 'ssh',
        title: 'Answers SSH',
        status: 'error',
        found: reason,
        minimum: 'answers',
        hint: 'Bring the machine or its network back; kinit check shows the connection alone.',
      },
    }),
  );
  return [
    ...lost,
    ...[...hosts].flatMap(([host, checks]) =>
      [...checks, ...files(host)].map((check): DoctorCheck => ({ host, check })),
    ),
    ...clusterChecks(evidence, spec).map((check): DoctorCheck => ({ check })),
  ];
}
