import type { CheckResult } from '../../../model/check.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import { hostList } from '../host-list.js';
import { count } from '../text.js';
import { table } from './table.js';

export interface Group<T> {
  readonly first: T;
  readonly all: readonly T[];
  /** Each once, in the order in which they come. */
  readonly hosts: readonly string[];
}

/** What is the same on several hosts, told once. */
export function groupAlike<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  hostOf: (item: T) => string | undefined,
): Group<T>[] {
  const groups = new Map<string, { first: T; all: T[]; hosts: Set<string> }>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? { first: item, all: [], hosts: new Set() };
    group.all.push(item);
    const host = hostOf(item);
    if (host !== undefined) group.hosts.add(host);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ hosts, ...group }) => ({ ...group, hosts: [...hosts] }));
}

/** A check on a host; without a host it concerns the cluster. */
export interface CheckRow {
  readonly host?: string;
  readonly check: CheckResult;
}

const HEAD = ['HOST', 'STATUS', 'CHECK', 'FOUND', 'MINIMUM', 'RECOMMENDED'];
/** Found on several hosts: so many are written out. */
const SHOWN = 3;
const WIDTH = 90;

/**
 * Checks as long as what is wrong: those that are not met, hosts that are alike together; hosts that are fine are one line.
 * `verbose`: every check on every host.
 */
export function renderCheckTable(rows: readonly CheckRow[], verbose: boolean): string {
  if (verbose)
    return table(
      HEAD,
      rows.map(({ host, check }) => cells(host ?? '-', check, oneLine(check.found))),
    );
  const bad = rows.filter(({ check }) => isBad(check));
  const groups = groupAlike(
    bad,
    ({ check }) => JSON.stringify([check.status, check.name, check.minimum, check.recommended, check.hint]),
    ({ host }) => host,
  );
  const lines = groups
    .sort((a, b) => Number(a.first.check.status !== 'error') - Number(b.first.check.status !== 'error'))
    .flatMap(({ first, all, hosts }) =>
      hosts.length > SHOWN
        ? [cells(hostList(hosts), first.check, foundOn(all))]
        : groupAlike(
            all,
            ({ check }) => check.found,
            ({ host }) => host,
          ).map((same) =>
            cells(same.hosts.length === 0 ? '-' : hostList(same.hosts), same.first.check, foundOn(same.all)),
          ),
    );
  const unwell = new Set(bad.map(({ host }) => host));
  const fine = [...new Set(rows.map(({ host }) => host))].filter((host) => !unwell.has(host));
  const names = fine.filter((host) => host !== undefined);
  const fineParts = [
    ...(names.length === 0 ? [] : [`${count(names.length, 'host')}: ok (${hostList(names)})`]),
    ...(fine.includes(undefined) ? ['cluster: ok'] : []),
  ];
  return [
    ...(lines.length === 0 ? [] : [table(HEAD, lines)]),
    ...(fineParts.length === 0 ? [] : [`${fineParts.join('; ')}.`]),
  ].join('\n\n');
}

/** The advice for what is not met; the same for several hosts stands once. */
export function renderHints(rows: readonly CheckRow[], paint: Paint): string {
  return groupAlike(
    rows.filter(({ check }) => check.hint !== undefined && (check.status === 'error' || check.status === 'warning')),
    ({ check }) => JSON.stringify([check.status, check.name, check.hint]),
    ({ host }) => host,
  )
    .map(
      ({ first: { check }, hosts }) =>
        `${check.status === 'error' ? paint.red('error') : paint.yellow('warning')} ${check.name}${hosts.length === 0 ? '' : ` (${hostList(hosts)})`}: ${oneLine(check.hint ?? '')}`,
    )
    .join('\n');
}

/** How many there were, on how many hosts. */
export function countLine(rows: readonly CheckRow[]): string {
  const of = (status: string): number => rows.filter(({ check }) => check.status === status).length;
  const hosts = new Set(rows.flatMap(({ host }) => host ?? [])).size;
  return `${count(rows.length, 'check')}${hosts > 1 ? ` on ${String(hosts)} hosts` : ''}: ${count(of('error'), 'error')}, ${count(of('warning'), 'warning')}.`;
}

function isBad({ status }: CheckResult): boolean {
  return status !== 'ok';
}

function foundOn(rows: readonly CheckRow[]): string {
  const different = [...new Set(rows.map(({ check }) => oneLine(check.found)))];
  const shown = different.slice(0, SHOWN).join('; ');
  const text = different.length > SHOWN ? `${shown}; ... (${String(different.length)} different)` : shown;
  return cut(text);
}

function cut(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 3)}...`;
}

function cells(host: string, check: CheckResult, found: string): string[] {
  return [host, check.status, check.name, found, check.minimum ?? '', check.recommended ?? ''];
}
