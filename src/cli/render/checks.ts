import { oneLine } from '../clean.js';
import type { Paint } from '../colour.js';
import type { RunRecord } from './record.js';
import { table } from './table.js';
import { count } from './text.js';

/** Every check on every host, and below the table what to do where one is not met. */
export function renderChecks(checks: RunRecord['checks'], paint: Paint): string {
  const rows = checks.map(({ host, check }) => [host, check.status, check.name, oneLine(check.found), check.minimum ?? '', check.recommended ?? '']);
  const text = table(['HOST', 'STATUS', 'CHECK', 'FOUND', 'MINIMUM', 'RECOMMENDED'], rows);
  const hints = checks
    .filter(({ check }) => check.hint !== undefined && (check.status === 'error' || check.status === 'warning'))
    .map(({ host, check }) => `${check.status === 'error' ? paint.red('error') : paint.yellow('warning')} ${host} ${check.name}: ${oneLine(check.hint ?? '')}`);
  const errors = checks.filter(({ check }) => check.status === 'error').length;
  const warnings = checks.filter(({ check }) => check.status === 'warning').length;
  return [text, ...(hints.length === 0 ? [] : [hints.join('\n')]), `${count(checks.length, 'check')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}.`].join('\n\n');
}
