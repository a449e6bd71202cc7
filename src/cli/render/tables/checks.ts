import type { CheckResult } from '../../../model/check.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import type { RunRecord } from '../record.js';
import { table } from './table.js';
import { count } from '../text.js';

/** Every check on every host, and below the table what to do where one is not met. */
export function renderChecks(checks: RunRecord['checks'], paint: Paint): string {
  const rows = checks.map(({ host, check }) => [
    host,
    check.status,
    check.name,
    oneLine(check.found),
    check.minimum ?? '',
    check.recommended ?? '',
  ]);
  const text = table(['HOST', 'STATUS', 'CHECK', 'FOUND', 'MINIMUM', 'RECOMMENDED'], rows);
  const hints = hintsOf(checks).map(
    ({ hosts, check }) =>
      `${check.status === 'error' ? paint.red('error') : paint.yellow('warning')} ${check.name} (${hosts.join(', ')}): ${oneLine(check.hint ?? '')}`,
  );
  const errors = checks.filter(({ check }) => check.status === 'error').length;
  const warnings = checks.filter(({ check }) => check.status === 'warning').length;
  return [
    text,
    ...(hints.length === 0 ? [] : [hints.join('\n')]),
    `${count(checks.length, 'check')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}.`,
  ].join('\n\n');
}

/** The same advice for several hosts stands once. */
function hintsOf(checks: RunRecord['checks']): { readonly hosts: string[]; readonly check: CheckResult }[] {
  const groups = new Map<string, { readonly hosts: string[]; readonly check: CheckResult }>();
  for (const { host, check } of checks) {
    if (check.hint === undefined || (check.status !== 'error' && check.status !== 'warning')) continue;
    const key = JSON.stringify([check.status, check.name, check.hint]);
    const group = groups.get(key) ?? { hosts: [], check };
    group.hosts.push(host);
    groups.set(key, group);
  }
  return [...groups.values()];
}
