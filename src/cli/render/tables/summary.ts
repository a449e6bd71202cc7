import type { Paint } from '../../terminal/colour.js';
import { oneLine } from '../../terminal/clean.js';
import { hostList } from '../host-list.js';
import type { RunRecord } from '../record.js';
import { groupAlike } from './grouped.js';
import { table } from './table.js';
import { duration } from '../text.js';

/** How it went: printed where not all of several hosts are through. Hosts alike in it are one line. '' where there is nothing to sum up. */
export function renderSummary({ hosts, failures }: Pick<RunRecord, 'hosts' | 'failures'>, paint: Paint): string {
  if (hosts.length < 2 || hosts.every(({ outcome }) => outcome === 'done')) return '';
  const why = (host: string): string => {
    const failure = failures.find(({ error }) => error.host === host);
    return failure === undefined ? '' : oneLine(`${failure.error.phase ?? ''}: ${failure.message}`);
  };
  const groups = groupAlike(
    hosts,
    ({ host, outcome }) => JSON.stringify([outcome, why(host)]),
    ({ host }) => host,
  );
  const rows = groups.map(({ first, all, hosts: names }) => [
    names.length > SHORT ? `${hostList(names)} (${String(names.length)})` : hostList(names),
    first.outcome,
    all.reduce((sum, { changes }) => sum + changes, 0),
    duration(Math.max(...all.map(({ seconds }) => seconds))),
    why(first.host),
  ]);
  const [head = '', ...lines] = table(['HOST', 'OUTCOME', 'CHANGES', 'TIME', 'WHERE AND WHY'], rows).split('\n');
  const colours = { done: paint.green, failed: paint.red, stopped: paint.yellow } as const;
  return [paint.bold(head), ...lines.map((line, index) => colours[groups[index]?.first.outcome ?? 'done'](line))].join(
    '\n',
  );
}

/** So many names a reader counts by looking. */
const SHORT = 3;
