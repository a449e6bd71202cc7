import type { Spec } from '../../model/spec.js';
import type { DoctorCheck } from '../report.js';
import type { Evidence } from '../evidence.js';
import { clusterChecks } from './cluster.js';
import { hostChecks } from './host.js';

/** Every check of the doctor: hosts in the inventory's order, then the cluster. Pure. */
export function doctorChecks(evidence: Evidence, spec: Spec): DoctorCheck[] {
  const hosts = hostChecks(evidence, spec);
  const lost = evidence.lost.map(({ host, reason }): DoctorCheck => ({ host, check: { name: 'ssh', title: 'Answers SSH', status: 'error', found: reason, minimum: 'answers', hint: 'Bring the machine or its network back; kinit check shows the connection alone.' } }));
  return [...lost, ...[...hosts].flatMap(([host, checks]) => checks.map((check): DoctorCheck => ({ host, check }))), ...clusterChecks(evidence, spec).map((check): DoctorCheck => ({ check }))];
}
