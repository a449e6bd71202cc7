import { beforeEach, expect, test, vi } from 'vitest';
import { KinitError } from '../../../src/model/error.js';
import type { Upgrade } from '../../../src/engine/upgrade/upgrade.js';

const copyFrom = vi.fn();
const told: string[] = [];
vi.mock('../../../src/engine/datastore/backup.js', () => ({ copyFrom }));
vi.mock('../../../src/engine/datastore/work.js', () => ({ copyHosts: () => [{ host: { spec: { name: 'c1' } } }] }));
vi.mock('../../../src/engine/moves/work.js', () => ({
  step: async (
    _which: unknown,
    _host: string,
    _work: unknown,
    act: (tools: { progress: (text: string) => void; signal: AbortSignal }) => Promise<number>,
  ) => act({ progress: (text) => void told.push(text), signal: new AbortController().signal }),
}));
const { takeSnapshot } = await import('../../../src/engine/upgrade/snapshot.js');

const save = (name: string): Promise<string> => Promise.resolve(`/here/${name}.backup`);
const upgradeOf = (datastore: string): Upgrade => {
  const emit = (event: { readonly text?: string }): void => void told.push(event.text ?? '');
  const inventory = { spec: { name: 'demo', datastore } };
  return { from: '1.35.4', to: '1.36.3', work: { run: { inventory, emit, version: '0', live: [] } } } as never;
};
const denied = new KinitError('could not copy the data', { class: 'change', found: 'permission denied' });

beforeEach(() => {
  told.length = 0;
  copyFrom.mockReset();
  copyFrom.mockImplementation(async (_leader, { write }: { write: (content: unknown) => Promise<void> }) => {
    await write([]);
    return { keys: 7 };
  });
});

test('a copy is kept here before anything moves, of an etcd outside of the cluster too', async () => {
  for (const datastore of ['etcd', 'external-etcd']) await takeSnapshot(upgradeOf(datastore), save);
  expect(told).toEqual(
    Array(2).fill('7 keys kept in /here/demo-1.35.4-to-1.36.3.backup: secrets of the cluster are in it'),
  );
});

test('what lets nobody copy it, and a database of others, holds nothing up, and that is said', async () => {
  copyFrom.mockRejectedValue(denied);
  for (const datastore of ['external-etcd', 'postgresql']) await takeSnapshot(upgradeOf(datastore), save);
  expect(told).toEqual([
    'no copy of the data is taken: external etcd gives none: permission denied. Take one there first',
    'no copy of the data is taken: PostgreSQL is outside of the cluster. Take one there first',
  ]);
});

test('where the data are on the hosts there is no upgrade without a copy', async () => {
  copyFrom.mockRejectedValue(denied);
  await expect(takeSnapshot(upgradeOf('etcd'), save)).rejects.toBe(denied);
});
