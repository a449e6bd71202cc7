import type { DatastoreState } from '../../../engine/index.js';
import { table } from './table.js';

/** Size and rows of a datastore, for people. */
export function renderDatastore({
  bytes,
  writeAheadLog,
  free,
  rows,
  keys,
  revision,
  compacted,
  most,
}: DatastoreState): string {
  const average = keys === 0 ? '0' : (rows / keys).toFixed(1);
  const sizes = table(
    ['FILE BYTES', 'LOG BYTES', 'FREE BYTES', 'ROWS', 'KEYS', 'ROWS A KEY', 'REVISION', 'COMPACTED'],
    [[bytes, writeAheadLog, free, rows, keys, average, revision, compacted]],
  );
  const keysTable = table(
    ['MOST ROWS', 'KEY'],
    most.map(({ key, rows: count }) => [count, key]),
  );
  return `${sizes}\n\n${keysTable}`;
}
