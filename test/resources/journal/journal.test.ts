import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  journalReplay,
  journalSave,
  journalSync,
  parseReplay,
  parseReplayNote,
} from '../../../src/resources/journal/journal.js';
import { must, run, SHELLS, withFolder } from '../sh.js';

function entries(state: string): string[] {
  return readdirSync(`${state}/journal`).sort();
}

for (const shell of SHELLS) {
  test(`${shell}: entries are numbered past 8 and 9, recorded once per id, readable by root only`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (let i = 1; i <= 11; i += 1)
        must(shell, journalSave({ id: `file:/etc/it's/${String(i)}`, summary: 's', restore: ':' }, state));
      must(
        shell,
        journalSave(
          { id: "file:/etc/it's/3", summary: 'again', save: 'echo later > "$D/x"', restore: 'exit 1' },
          state,
        ),
      );
      const names = entries(state);
      expect(names.map((name) => name.slice(0, 6))).toEqual([
        '000001',
        '000002',
        '000003',
        '000004',
        '000005',
        '000006',
        '000007',
        '000008',
        '000009',
        '000010',
        '000011',
      ]);
      expect(readFileSync(`${state}/journal/${names[2] ?? ''}/restore.sh`, 'utf8')).toBe(':\n');
      expect(statSync(state).mode & 0o777).toBe(0o700);
      expect(statSync(`${state}/journal/${names[0] ?? ''}`).mode & 0o777).toBe(0o700);
    });
  });

  test(`${shell}: a save that fails records nothing and says so`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      const result = run(shell, journalSave({ id: 'a', summary: '', save: 'false\ntrue', restore: ':' }, state));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('could not record what was there before: a');
      expect(readdirSync(`${state}/journal`)).toEqual([]);
    });
  });

  test(`${shell}: what was recorded is brought onto the disk, links to nowhere included`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      must(shell, journalSave({ id: 'a', summary: '', save: 'ln -s /no/where "$D/link"', restore: ':' }, state));
      expect(must(shell, journalSync(state))).toBe('');
    });
  });

  test(`${shell}: replay goes backwards, hands each entry its data, tells each, and leaves nothing behind`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (const id of ['one', 'two', 'three two']) {
        must(
          shell,
          journalSave(
            {
              id,
              summary: `made ${id}`,
              save: `echo 'data of ${id}' > "$D/x"`,
              restore: `cat "$D/x" >> '${folder}/log'; cd /; exit 0`,
            },
            state,
          ),
        );
      }
      const output = must(shell, journalReplay({ removePackages: false }, state));
      expect(readFileSync(`${folder}/log`, 'utf8')).toBe('data of three two\ndata of two\ndata of one\n');
      expect(output.split('\n').flatMap((line) => parseReplay(line) ?? [])).toEqual([
        { ok: true, id: 'three two', message: 'made three two' },
        { ok: true, id: 'two', message: 'made two' },
        { ok: true, id: 'one', message: 'made one' },
      ]);
      expect(existsSync(state)).toBe(false);
    });
  });

  test(`${shell}: what a cluster left is undone before everything else`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (const id of ['service:containerd', 'traces', 'user:etcd', 'file:/x-traces'])
        must(shell, journalSave({ id, summary: id, restore: `echo ${id} >> '${folder}/log'` }, state));
      must(shell, journalReplay({ removePackages: false }, state));
      expect(readFileSync(`${folder}/log`, 'utf8').trim().split('\n')).toEqual([
        'traces',
        'file:/x-traces',
        'user:etcd',
        'service:containerd',
      ]);
    });
  });

  test(`${shell}: nothing to do on a host without a journal`, () => {
    withFolder((folder) => {
      expect(must(shell, journalReplay({ removePackages: false }, `${folder}/state`))).toBe('');
      mkdirSync(`${folder}/state/revisions`, { recursive: true });
      expect(must(shell, journalReplay({ removePackages: false }, `${folder}/state`))).toBe('');
      expect(existsSync(`${folder}/state`)).toBe(false);
    });
  });

  test(`${shell}: an entry that fails stays with its reason, the others are undone, a second replay finishes`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      must(shell, journalSave({ id: 'a', summary: 'A', restore: 'echo a word' }, state));
      must(
        shell,
        journalSave(
          {
            id: 'b',
            summary: 'B',
            restore: `[ -e '${folder}/mended' ] || { echo first; echo 'it is stuck' >&2; exit 3; }`,
          },
          state,
        ),
      );
      const first = run(shell, journalReplay({ removePackages: false }, state));
      expect(first.code).toBe(1);
      const lines = first.stdout.trim().split('\n');
      expect(lines.map(parseReplay).filter((line) => line !== undefined)).toEqual([
        { ok: false, id: 'b', message: 'it is stuck' },
        { ok: true, id: 'a', message: 'A' },
      ]);
      expect(lines.map(parseReplayNote)).toContainEqual({ id: 'a', message: 'a word' });
      expect(entries(state)).toHaveLength(1);
      writeFileSync(`${folder}/mended`, '');
      expect(run(shell, journalReplay({ removePackages: false }, state)).code).toBe(0);
      expect(existsSync(state)).toBe(false);
    });
  });

  test(`${shell}: killed in the middle, it goes on at the entry it was at`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (const id of ['a', 'b', 'c']) {
        const die = id === 'b' ? `[ -e '${folder}/again' ] || kill -9 $(cat '${folder}/pid');` : '';
        must(shell, journalSave({ id, summary: id, restore: `echo ${id} >> '${folder}/log'; ${die} :` }, state));
      }
      const killed = run(
        shell,
        `sh -c 'echo $PPID' > '${folder}/pid'\n${journalReplay({ removePackages: false }, state)}`,
      );
      expect(killed.code).not.toBe(0);
      writeFileSync(`${folder}/again`, '');
      writeFileSync(`${folder}/pid`, '999999999');
      expect(run(shell, journalReplay({ removePackages: false }, state)).code).toBe(0);
      const log = readFileSync(`${folder}/log`, 'utf8').split('\n');
      expect(log.filter((line) => line === 'c')).toHaveLength(1);
      expect(log.filter((line) => line === 'b').length).toBeGreaterThanOrEqual(1);
      expect(log.at(-2)).toBe('a');
      expect(existsSync(state)).toBe(false);
    });
  });

  test(`${shell}: whether packages go is handed to the entries`, () => {
    for (const removePackages of [true, false]) {
      withFolder((folder) => {
        must(
          shell,
          journalSave(
            { id: 'p', summary: '', restore: `echo "$KINIT_REMOVE_PACKAGES" > '${folder}/out'` },
            `${folder}/state`,
          ),
        );
        must(shell, journalReplay({ removePackages }, `${folder}/state`));
        expect(readFileSync(`${folder}/out`, 'utf8').trim()).toBe(removePackages ? '1' : '0');
      });
    }
  });
}

test('lines of other forms are no replay lines', () => {
  expect(parseReplay('kinit-undo done eA== x')).toBeUndefined();
  expect(parseReplay('hello')).toBeUndefined();
  expect(parseReplay('kinit-undo note eA== x')).toBeUndefined();
});
