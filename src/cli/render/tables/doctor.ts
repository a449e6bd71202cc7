import type { DoctorReport, Finding } from '../../../doctor/index.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import { hostList } from '../host-list.js';
import { count } from '../text.js';
import { countLine, groupAlike, renderCheckTable } from './grouped.js';

/** The checks that are not met, and below them the causes, the first one first; with --verbose every check on every host. */
export function renderDoctor(
  report: DoctorReport,
  { paint, verbose }: { readonly paint: Paint; readonly verbose: boolean },
): string {
  const { checks, findings } = report;
  const causes = groupAlike(
    findings,
    ({ cause, found, next }) => JSON.stringify([cause, found, next]),
    ({ host }) => host,
  );
  return [
    renderCheckTable(checks, verbose),
    ...(causes.length === 0 ? [] : [causes.map(({ first, hosts }) => renderFinding(first, hosts, paint)).join('\n')]),
    `${countLine(checks)} ${verdict(report, paint)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function verdict({ well, checks, findings }: DoctorReport, paint: Paint): string {
  const causes = findings.filter(({ severity }) => severity === 'error').length;
  if (!well) return paint.red(`${count(causes, 'cause')} found.`);
  const elsewhere = causes > 0 || checks.some(({ check }) => check.status === 'error');
  return paint.green(elsewhere ? 'Nothing is wrong with the hosts that were named.' : 'Nothing is wrong.');
}

/** A cause in two lines: what was found, and the next step. */
export function renderFinding(
  { cause, severity, found, next }: Pick<Finding, 'cause' | 'severity' | 'found' | 'next'>,
  hosts: readonly string[],
  paint: Paint,
): string {
  const word = severity === 'error' ? paint.red('Cause') : severity === 'warning' ? paint.yellow('Warning') : 'Note';
  return `${word}${hosts.length === 0 ? '' : ` on ${paint.bold(hostList(hosts))}`}: ${oneLine(found)} [${cause}]\n  next:  ${oneLine(next)}`;
}
