import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renewJournal } from '../../../src/engine/reset/renew.js';
import type { HostConnection } from '../../../src/model/host.js';
import { directoryKind } from '../../../src/resources/index.js';
import { journalSave, slug, type JournalEntry } from '../../../src/resources/journal/journal.js';
import { STATE_DIR } from '../../../src/shell/state.js';
import { must, run } from '../../resources/sh.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'kinit-renew-'));
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

const DATA = { path: "/var/lib/it's", removeContents: true };
const PRESENT = directoryKind.undo?.restore(DATA, 1) ?? '';

function recorded(entry: Partial<JournalEntry> & { readonly id: string }): string {
  must(
    'dash',
    journalSave([{ kind: 'directory', version: 1, data: DATA, summary: '', restore: 'old', ...entry }], state),
  );
  const name = readdirSync(`${state}/journal`).find((each) => each.endsWith(slug(entry.id)));
  return `${state}/journal/${name ?? ''}`;
}

const textOf = (folder: string): string => readFileSync(`${folder}/restore.sh`, 'utf8');

/** A host whose state folder is the test's; counts how often it is asked. */
function host(): { readonly connection: HostConnection; readonly asked: () => number } {
  let asked = 0;
  const answer = (script: string) => {
    asked += 1;
    return Promise.resolve(run('dash', script.replaceAll(STATE_DIR, state)));
  };
  return {
    connection: { host: 'node1', run: answer } as Partial<HostConnection> as HostConnection,
    asked: () => asked,
  };
}

test('an entry is undone as the present code undoes its data, whatever text it was recorded with', async () => {
  const folder = recorded({ id: "directory:/var/lib/it's" });
  await renewJournal(host().connection);
  expect(textOf(folder)).toBe(`${PRESENT}\n`);
});

test('nothing is written where every text is the present one', async () => {
  recorded({ id: 'directory:/a', restore: PRESENT });
  const { connection, asked } = host();
  await renewJournal(connection);
  expect(asked()).toBe(1);
});

test('a host without a journal has nothing to bring up to date', async () => {
  const { connection, asked } = host();
  await renewJournal(connection);
  expect(asked()).toBe(1);
});

test.each<[string, Partial<JournalEntry>]>([
  ['of a kind that is no more', { kind: 'gone' }],
  ['of a later kinit', { version: 99 }],
  ['whose container runtime is no more', { kind: 'traces', data: { runtime: 'rkt', tables: [], chains: [] } }],
])('an entry %s keeps the text it was recorded with, and the others do not', async (_name, odd) => {
  const kept = recorded({ id: 'odd', ...odd });
  const renewed = recorded({ id: 'directory:/a' });
  await renewJournal(host().connection);
  expect([textOf(kept), textOf(renewed)]).toEqual(['old\n', `${PRESENT}\n`]);
});

test('an entry of a kinit that kept no data keeps its text', async () => {
  const folder = recorded({ id: 'file:/etc/hosts' });
  rmSync(`${folder}/data.json`);
  rmSync(`${folder}/kind`);
  await renewJournal(host().connection);
  expect(textOf(folder)).toBe('old\n');
});

test('a journal that cannot be brought up to date is an error before anything is undone', async () => {
  const folder = recorded({ id: 'directory:/a' });
  // Also root cannot write there: a folder stands in its place.
  mkdirSync(`${folder}/restore.new`);
  writeFileSync(`${folder}/restore.new/x`, '');
  await expect(renewJournal(host().connection)).rejects.toMatchObject({
    message: 'could not bring up to date the undo journal',
    context: { class: 'change', host: 'node1' },
  });
  expect(textOf(folder)).toBe('old\n');
});
