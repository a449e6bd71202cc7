import { expect, test } from 'vitest';
import { entriesOf, mustRecord } from '../../../src/engine/change/record.js';
import type { Observed } from '../../../src/engine/change/observe.js';
import { kindOf } from '../../../src/engine/kinds.js';
import { directory, directoryKind } from '../../../src/resources/index.js';

const SEEN = { type: 'folder', mode: 0o700, owners: ['root'], groups: ['root'] };

/** A folder as the first look found it. */
function seen(removeContents: boolean, mode: number, recorded: boolean): Observed {
  const resource = directory({ path: '/var/lib/etcd', mode, removeContents });
  const difference = directoryKind.diff(resource, SEEN as Parameters<typeof directoryKind.diff>[1]);
  return { resource, kind: kindOf(resource), seen: SEEN, difference, recorded };
}

const FILLED = true;
const [RIGHT, WRONG] = [0o700, 0o755];

test('a folder that others fill is recorded although the first look found it right', () => {
  const item = seen(FILLED, RIGHT, false);
  expect(item.difference.changed).toBe(false);
  expect(mustRecord(item)).toBe(true);
  expect(entriesOf([item])).toMatchObject([
    {
      id: 'directory:/var/lib/etcd',
      kind: 'directory',
      version: 1,
      data: { path: '/var/lib/etcd', removeContents: true },
      summary: 'fill directory:/var/lib/etcd',
    },
  ]);
});

test.each([
  ['one that is recorded', seen(FILLED, RIGHT, true)],
  ['one that only kinit writes into', seen(!FILLED, RIGHT, false)],
  ['one that is recorded and has to be changed again', seen(FILLED, WRONG, true)],
])('nothing is recorded for %s', (_name, item) => {
  expect(mustRecord(item)).toBe(false);
  expect(entriesOf([item])).toEqual([]);
});

test('what changes is recorded with what is said of the change', () => {
  const [entry] = entriesOf([seen(!FILLED, WRONG, false)]);
  expect(entry?.summary).toBe('set directory /var/lib/etcd (755 root:root)');
  expect(entry?.restore).toBe(directoryKind.undo?.restore(entry?.data, 1));
});
