import type { Paint } from '../../terminal/colour.js';
import { oneLine } from '../../terminal/clean.js';
import { cutMiddle, readable } from '../../../model/text/evidence.js';
import type { RunRecord } from '../record.js';
import { table } from './table.js';
import { duration } from '../text.js';

/** Columns of the last cell. */
const CELL = 140;

/** How it went on each host: printed where not all of several hosts are through. '' where there is nothing to sum up. */
export function renderSummary({ hosts, failures }: Pick<RunRecord, 'hosts' | 'failures'>, paint: Paint): string {
  if (hosts.length < 2 || hosts.every(({ outcome }) => outcome === 'done')) return '';
  const rows = hosts.map(({ host, outcome, changes, seconds }) => {
    const failure = failures.find(({ error }) => error.host === host);
    return [
      host,
      outcome,
      changes,
      duration(seconds),
      failure === undefined
        ? ''
        : cutMiddle(readable(oneLine(`${failure.error.phase ?? ''}: ${failure.message}`)), CELL),
    ];
  });
  const [head = '', ...lines] = table(['HOST', 'OUTCOME', 'CHANGES', 'TIME', 'WHERE AND WHY'], rows).split('\n');
  const colours = { done: paint.green, failed: paint.red, stopped: paint.yellow } as const;
  return [paint.bold(head), ...lines.map((line, index) => colours[hosts[index]?.outcome ?? 'done'](line))].join('\n');
}
