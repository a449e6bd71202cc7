import type { DatastoreState, HostBackups } from '../../../engine/index.js';
import { table } from './table.js';

/** Size and rows of a datastore, who holds it, and what of it is slow, for people. */
export function renderDatastore(state: DatastoreState): string {
  return [sizes(state), members(state), slow(state), most(state)].flatMap((part) => part ?? []).join('\n\n');
}

function sizes({ bytes, writeAheadLog, free, rows, keys, revision, compacted }: DatastoreState): string {
  const columns: [string, string | number][] = [
    ['FILE BYTES', bytes],
    ['LOG BYTES', writeAheadLog],
    ['FREE BYTES', free],
    ...(rows === undefined
      ? []
      : ([
          ['ROWS', rows],
          ['ROWS A KEY', keys === 0 ? '0' : (rows / keys).toFixed(1)],
        ] as [string, string | number][])),
    ['KEYS', keys],
    ['REVISION', revision],
    ['COMPACTED', compacted],
  ];
  return table(
    columns.map(([title]) => title),
    [columns.map(([, value]) => value)],
  );
}

function members({ members: all }: DatastoreState): string | undefined {
  if (all === undefined) return undefined;
  return table(
    ['MEMBER', 'ROLE', 'FILE BYTES', 'FREE BYTES', 'REVISION', 'APPLIED', 'ALARMS'],
    all.map(({ name, answers, leader, bytes, free, revision, applied, alarms }) =>
      answers
        ? [name, leader ? 'leader' : 'follower', bytes, free, revision, applied, alarms.join(', ') || 'none']
        : [name, 'does not answer', '-', '-', '-', '-', '-'],
    ),
  );
}

function slow({ slow: all }: DatastoreState): string | undefined {
  if (all.length === 0) return undefined;
  return table(
    ['SLOW', 'OF ALL', 'SLOWER THAN', 'WHAT, SINCE ITS START'],
    all.map(({ what, all: count, slower, seconds }) => [slower, count, `${String(seconds * 1000)} ms`, what]),
  );
}

function most({ most: all }: DatastoreState): string {
  return table(
    ['MOST ROWS', 'KEY'],
    all.map(({ key, rows }) => [rows, key]),
  );
}

/** The backups that hosts have made by themselves, for people. */
export function renderBackups(hosts: readonly HostBackups[]): string {
  const rows = hosts.flatMap(({ host, backups }) =>
    backups.map(({ path, size, taken, keys, revision, kubernetes }) => [
      host,
      taken,
      size,
      keys,
      revision,
      kubernetes,
      path,
    ]),
  );
  const none = hosts.flatMap(({ host, backups }) => (backups.length === 0 ? [host] : []));
  return [
    ...(rows.length === 0 ? [] : [table(['HOST', 'TAKEN', 'BYTES', 'KEYS', 'REVISION', 'KUBERNETES', 'FILE'], rows)]),
    ...(none.length === 0 ? [] : [`No backup yet on ${none.join(', ')}.`]),
    ...hosts.flatMap(({ host, failed }) => (failed === undefined ? [] : [`The last one on ${host} failed: ${failed}`])),
  ].join('\n');
}
