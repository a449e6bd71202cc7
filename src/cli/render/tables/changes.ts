import { clean, oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import type { RunRecord } from '../record.js';
import { count } from '../text.js';

/** The changes of a plan, by host and phase, with the diffs of files and objects. */
export function renderPlan(changes: RunRecord['changes'], hosts: readonly string[], paint: Paint): string {
  if (changes.length === 0) return 'Nothing to change.';
  const sections = hosts
    .map((host) => ({ host, mine: changes.filter((entry) => entry.host === host) }))
    .filter(({ mine }) => mine.length > 0)
    .map(({ host, mine }) =>
      [paint.bold(`${host}: ${count(mine.length, 'change')}`), ...mine.map((entry) => renderChange(entry, paint))].join(
        '\n',
      ),
    );
  return [
    ...sections,
    `Plan: ${count(changes.length, 'change')} on ${count(sections.length, 'host')}. Nothing was touched.`,
  ].join('\n\n');
}

const MARKS = { create: '+', update: '~', delete: '-', run: '!' } as const;

function renderChange({ phase, change }: RunRecord['changes'][number], paint: Paint): string {
  const mark = MARKS[change.action];
  const colour = change.action === 'create' ? paint.green : change.action === 'delete' ? paint.red : paint.yellow;
  const head = `  ${colour(mark)} ${oneLine(change.summary)}  ${paint.dim(`[${phase}] ${oneLine(change.reason)}`)}`;
  return change.diff === undefined ? head : `${head}\n${renderDiff(change.diff, paint)}`;
}

function renderDiff(diff: string, paint: Paint): string {
  return clean(diff)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const colour = line.startsWith('+')
        ? paint.green
        : line.startsWith('-')
          ? paint.red
          : line.startsWith('@@')
            ? paint.cyan
            : (same: string) => same;
      return `      ${colour(line)}`;
    })
    .join('\n');
}
