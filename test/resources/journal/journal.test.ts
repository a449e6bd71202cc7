import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  journalRecorded,
  journalSave,
  journalSync,
  type JournalEntry,
} from '../../../src/resources/journal/journal.js';
import { journalList, journalRenew, parseJournal } from '../../../src/resources/journal/read.js';
import { journalReplay, parseReplay, type ReplayLine } from '../../../src/resources/journal/replay.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { must, run, SHELLS, withFolder } from '../sh.js';

type Entry = Pick<JournalEntry, 'id' | 'summary' | 'restore' | 'save'>;
const saved = (entry: Entry, state: string): string =>
  journalSave([{ kind: 'file', version: 1, data: { path: "/it's" }, ...entry }], state);
const said = (output: string, status: ReplayLine['status']): readonly ReplayLine[] =>
  output
    .split('\n')
    .flatMap((line) => parseReplay(line) ?? [])
    .filter((line) => line.status === status);

function entries(state: string): string[] {
  return readdirSync(`${state}/journal`).sort();
}

for (const shell of SHELLS) {
  test(`${shell}: entries are numbered past 8 and 9, recorded once per id, readable by root only`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (let i = 1; i <= 11; i += 1)
        must(shell, saved({ id: `file:/etc/it's/${String(i)}`, summary: 's', restore: ':' }, state));
      must(
        shell,
        saved({ id: "file:/etc/it's/3", summary: 'again', save: 'echo later > "$D/x"', restore: 'exit 1' }, state),
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
      const result = run(shell, saved({ id: 'a', summary: '', save: 'false\ntrue', restore: ':' }, state));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('could not record what was there before: a');
      expect(readdirSync(`${state}/journal`)).toEqual([]);
    });
  });

  test(`${shell}: of several, those before one that fails are recorded, and it is named; the ones behind it are not`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      const entry = (id: string, save: string): JournalEntry => ({
        ...{ id, save, kind: 'file', version: 1, data: {}, summary: '', restore: ':' },
      });
      const text = journalSave([entry('a', ':'), entry('b', 'exit 3'), entry('c', ':')], state);
      // Where its exit code is asked for, too.
      const { code, stderr } = run(shell, `${text} && echo went on`);
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'Error: could not record what was there before: b\n' });
      expect(entries(state)).toHaveLength(1);
    });
  });

  test(`${shell}: what was recorded is brought onto the disk, links to nowhere included`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      must(shell, saved({ id: 'a', summary: '', save: 'ln -s /no/where "$D/link"', restore: ':' }, state));
      expect(must(shell, journalSync(state))).toBe('');
    });
  });

  test(`${shell}: replay goes backwards, hands each entry its data, tells each, and leaves nothing behind`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (const id of ['one', 'two', 'three two']) {
        must(
          shell,
          saved(
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
        { status: 'ok', id: 'three two', message: 'made three two' },
        { status: 'ok', id: 'two', message: 'made two' },
        { status: 'ok', id: 'one', message: 'made one' },
      ]);
      expect(existsSync(state)).toBe(false);
    });
  });

  test(`${shell}: what a cluster left is undone before everything else`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (const id of ['service:containerd', 'traces', 'user:etcd', 'traces:0123abcd', 'file:/x-traces'])
        must(shell, saved({ id, summary: id, restore: `echo ${id} >> '${folder}/log'` }, state));
      must(shell, journalReplay({ removePackages: false }, state));
      expect(readFileSync(`${folder}/log`, 'utf8').trim().split('\n')).toEqual([
        'traces:0123abcd',
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
      must(shell, saved({ id: 'a', summary: 'A', restore: 'echo a word' }, state));
      must(
        shell,
        saved(
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
      expect(said(first.stdout, 'failed')).toEqual([{ status: 'failed', id: 'b', message: 'it is stuck' }]);
      expect(said(first.stdout, 'ok')).toEqual([{ status: 'ok', id: 'a', message: 'A' }]);
      expect(said(first.stdout, 'note')).toContainEqual({ status: 'note', id: 'a', message: 'a word' });
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
        must(shell, saved({ id, summary: id, restore: `echo ${id} >> '${folder}/log'; ${die} :` }, state));
      }
      const killed = run(
        shell,
        `sh -c 'echo $PPID' > '${folder}/pid'\n${journalReplay({ removePackages: false, beat: 1 }, state)}`,
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

  test(`${shell}: an entry that works tells so and has no bound; a silent one is ended and named, the others go on`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      const talking = 'i=0; while [ $i -lt 5 ]; do i=$((i + 1)); echo "step $i"; sleep 1; done';
      const silent = `trap 'echo was told to end; exit 9' TERM; sleep 60 & wait`;
      must(shell, saved({ id: 'silent', summary: '', restore: silent }, state));
      must(shell, saved({ id: 'talking', summary: 'T', restore: talking }, state));
      const { code, stdout } = run(shell, journalReplay({ removePackages: false, silence: 3, beat: 1 }, state));
      expect(code).toBe(1);
      expect(said(stdout, 'ok')).toEqual([{ status: 'ok', id: 'talking', message: 'T' }]);
      expect(
        said(stdout, 'alive').some(({ id, message }) => id === 'talking' && /^[1-5] s: step \d$/.test(message)),
      ).toBe(true);
      expect(said(stdout, 'failed').map(({ id }) => id)).toEqual(['silent']);
      expect(said(stdout, 'note').map(({ message }) => message)).toEqual(
        expect.arrayContaining(['it said nothing for 3 s and was ended', 'was told to end']),
      );
    });
  });

  test(`${shell}: of the entries that are named, only those are undone, the newest first; the others stay recorded`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      for (const id of ['file:/a', 'file:/b', 'file:/c'])
        must(shell, saved({ id, summary: '', restore: `echo ${id} >> ${folder}/undone` }, state));
      const [first = '', second = '', third = ''] = entries(state);
      const only = [first, third, '000009-gone'];
      must(shell, journalReplay({ removePackages: false, only }, state));
      expect(readFileSync(`${folder}/undone`, 'utf8')).toBe('file:/c\nfile:/a\n');
      expect(entries(state)).toEqual([second]);
    });
  });

  test(`${shell}: kind, version and data come back as they were written; an older entry has none`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      expect(parseJournal(must(shell, journalList(state)))).toEqual([]);
      const data = { path: "/it's\n", list: ['a:b', ''] };
      must(shell, journalSave([{ id: 'file:/a', summary: '', restore: 'old', kind: 'file', version: 3, data }], state));
      must(shell, saved({ id: 'file:/b', summary: '', restore: 'older' }, state));
      const [first = '', second = ''] = entries(state);
      for (const file of ['kind', 'data.json']) rmSync(`${state}/journal/${second}/${file}`);
      const [a, b] = parseJournal(must(shell, journalList(state)));
      expect(a).toEqual({
        name: first,
        id: 'file:/a',
        undo: { kind: 'file', version: 3, data },
        sha256: sha256Hex('old\n'),
      });
      expect(b).toEqual({ name: second, id: 'file:/b', sha256: sha256Hex('older\n') });
      must(shell, `${journalRenew(first, "echo 'new'", state)}\n${journalRenew('000009-gone', 'x', state)}`);
      expect(readFileSync(`${state}/journal/${first}/restore.sh`, 'utf8')).toBe("echo 'new'\n");
      expect(entries(state)).toEqual([first, second]);
    });
  });

  test(`${shell}: which ids are recorded is told by their place`, () => {
    withFolder((folder) => {
      const state = `${folder}/state`;
      expect(must(shell, journalRecorded(['a'], state))).toBe('');
      must(shell, saved({ id: 'file:/b', summary: '', restore: ':' }, state));
      expect(must(shell, journalRecorded(['file:/a', 'file:/b', 'b'], state))).toBe('1\n');
    });
  });

  test(`${shell}: whether packages go is handed to the entries`, () => {
    for (const removePackages of [true, false]) {
      withFolder((folder) => {
        must(
          shell,
          saved(
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
  expect(parseReplay('kinit-undo note eA== x')).toEqual({ status: 'note', id: 'x', message: 'x' });
});
