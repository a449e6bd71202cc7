import type { DoctorCheck, DoctorReport, Finding } from '../../../doctor/index.js';
import type { CheckResult } from '../../../model/check.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import { table } from './table.js';
import { count } from '../text.js';

/** The table of checks, and below it the causes, the first one first. Long cells are cut unless --verbose. */
export function renderDoctor(
  report: DoctorReport,
  { paint, verbose }: { readonly paint: Paint; readonly verbose: boolean },
): string {
  const { checks, findings } = report;
  const errors = checks.filter(({ check }) => check.status === 'error').length;
  const warnings = checks.filter(({ check }) => check.status === 'warning').length;
  return [
    table(
      ['HOST', 'STATUS', 'CHECK', 'FOUND', 'MINIMUM', 'RECOMMENDED'],
      checks.map((row) => cells(row, verbose)),
    ),
    ...(findings.length === 0
      ? []
      : [
          grouped(findings)
            .map(({ hosts, finding }) => renderFinding(finding, hosts, paint))
            .join('\n'),
        ]),
    `${count(checks.length, 'check')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}. ${report.well ? paint.green('Nothing is wrong.') : paint.red(`${count(findings.filter(({ severity }) => severity === 'error').length, 'cause')} found.`)}`,
  ].join('\n\n');
}

/** A cause in two lines: what was found, and the next step. */
export function renderFinding(
  { cause, severity, found, next }: Pick<Finding, 'cause' | 'severity' | 'found' | 'next'>,
  hosts: readonly string[],
  paint: Paint,
): string {
  const word = severity === 'error' ? paint.red('Cause') : severity === 'warning' ? paint.yellow('Warning') : 'Note';
  return `${word}${hosts.length === 0 ? '' : ` on ${paint.bold(hosts.join(', '))}`}: ${oneLine(found)} [${cause}]\n  next:  ${oneLine(next)}`;
}

function cells({ host, check }: DoctorCheck, verbose: boolean): string[] {
  return [host ?? '-', check.status, check.name, shorten(check, verbose), check.minimum ?? '', check.recommended ?? ''];
}

function shorten({ found }: CheckResult, verbose: boolean): string {
  const line = oneLine(found);
  return verbose || line.length <= 90 ? line : `${line.slice(0, 87)}...`;
}

/** What is the same on several hosts is told once. */
function grouped(findings: readonly Finding[]): { readonly hosts: string[]; readonly finding: Finding }[] {
  const groups = new Map<string, { readonly hosts: string[]; readonly finding: Finding }>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.cause, finding.found, finding.next]);
    const group = groups.get(key) ?? { hosts: [], finding };
    if (finding.host !== undefined) group.hosts.push(finding.host);
    groups.set(key, group);
  }
  return [...groups.values()];
}
