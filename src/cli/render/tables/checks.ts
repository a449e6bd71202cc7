import type { Paint } from '../../terminal/colour.js';
import type { RunRecord } from '../record.js';
import { countLine, renderCheckTable, renderHints } from './grouped.js';

/** The checks that are not met, with what to do below the table, and in one line those that are. `verbose`: all of them. */
export function renderChecks(checks: RunRecord['checks'], paint: Paint, verbose = false): string {
  const hints = renderHints(checks, paint);
  return [
    renderCheckTable(checks, verbose),
    ...(hints === '' ? [] : [hints]),
    `${countLine(checks)}${verbose || checks.length === 0 ? '' : ' --verbose shows them all.'}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
