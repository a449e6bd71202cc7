import { clean, oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import type { RunRecord } from '../record.js';
import { hostList } from '../host-list.js';
import { count } from '../text.js';
import { groupAlike, type Group } from './grouped.js';

type Entry = RunRecord['changes'][number];

/**
 * The changes of a plan with the diffs of files and objects. What is the same on several hosts is told once; where more than
 * a few differ only in the text they get, the first one's stands for all. `verbose`: host by host, every diff.
 */
export function renderPlan(
  changes: RunRecord['changes'],
  hosts: readonly string[],
  paint: Paint,
  verbose = false,
): string {
  if (changes.length === 0) return 'Nothing to change.';
  const ordered = hosts.flatMap((host) => changes.filter((entry) => entry.host === host));
  const told = verbose ? ordered.map((entry) => ({ first: entry, all: [entry], hosts: [entry.host] })) : alike(ordered);
  const sections = groupAlike(
    told,
    (group) => JSON.stringify(group.hosts),
    () => undefined,
  ).map(({ first, all }) => {
    const names = first.hosts;
    const each = names.length > 1 ? ' each' : '';
    const many = names.length > FEW ? ` (${String(names.length)} hosts)` : '';
    return [
      paint.bold(`${hostList(names)}${many}: ${count(all.length, 'change')}${each}`),
      ...all.map((group) => renderChange(group, paint)),
    ].join('\n');
  });
  const concerned = new Set(changes.map(({ host }) => host)).size;
  return [
    ...sections,
    `Plan: ${count(changes.length, 'change')} on ${count(concerned, 'host')}. Nothing was touched.`,
  ].join('\n\n');
}

/** Up to so many hosts each has its own diff shown. */
const FEW = 3;

function alike(entries: readonly Entry[]): Group<Entry>[] {
  const words = ({ phase, change: { action, summary, reason } }: Entry): string =>
    JSON.stringify([phase, action, summary, reason]);
  const hostOf = ({ host }: Entry): string => host;
  return groupAlike(entries, words, hostOf).flatMap((group) =>
    group.hosts.length > FEW ? [group] : groupAlike(group.all, ({ change }) => change.diff ?? '', hostOf),
  );
}

const MARKS = { create: '+', update: '~', delete: '-', run: '!' } as const;

function renderChange({ first: { host, phase, change }, all }: Group<Entry>, paint: Paint): string {
  const mark = MARKS[change.action];
  const colour = change.action === 'create' ? paint.green : change.action === 'delete' ? paint.red : paint.yellow;
  const head = `  ${colour(mark)} ${oneLine(change.summary)}  ${paint.dim(`[${phase}] ${oneLine(change.reason)}`)}`;
  if (change.diff === undefined) return head;
  const others = new Set(all.map((entry) => entry.change.diff)).size;
  const note = others === 1 ? '' : `\n      ${paint.dim(`${host}'s, one of ${String(others)}; --verbose shows all:`)}`;
  return `${head}${note}\n${renderDiff(change.diff, paint)}`;
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
