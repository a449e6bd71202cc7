import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMembers } from '../../../../src/datastore/etcd/members/list.js';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS, type Ran } from '../../../resources/sh.js';

const script = (name: string): ReturnType<typeof shellScript> =>
  shellScript(`../../../../src/datastore/etcd/members/${name}.sh`, import.meta.url);

let folder: string;
const at = (path: string): string => join(folder, path);
const peer = (name: string): string => `https://${name}:2380`;
const client = (name: string): string => `https://${name}:2379`;

/** An etcdctl over a list in a file, that takes one learner at a time as etcd does; a member that is not in `silent` answers. */
const ETCDCTL = `#!/bin/sh
endpoint=$2
shift 6
case " $(cat SILENT) " in *" $endpoint "*) echo 'Error: context deadline exceeded' >&2; exit 1 ;; esac
echo "$*" >> CALLS
case "$1 $2" in
  'member list') cat MEMBERS ;;
  'member add')
    if grep -q ', true$' MEMBERS; then echo 'Error: etcdserver: too many learner members in cluster' >&2; exit 1; fi
    echo "f$(wc -l < MEMBERS), unstarted, , $6, , true" >> MEMBERS ;;
  'member remove') sed -i "/^$3, /d" MEMBERS ;;
  'member promote')
    [ -e SYNCED ] || { echo 'Error: etcdserver: can only promote a learner member which is in sync with leader' >&2; exit 1; }
    sed -i "/^$3, /s/true$/false/" MEMBERS ;;
esac
`;

const member = (id: string, name: string, { started = true, learner = false } = {}): string =>
  [id, started ? 'started' : 'unstarted', started ? name : '', peer(name), started ? client(name) : '', learner].join(
    ', ',
  );
function etcd(...lines: string[]): void {
  writeFileSync(at('members'), lines.map((line) => `${line}\n`).join(''));
}
const now = (): string[] => readFileSync(at('members'), 'utf8').trim().split('\n');
const called = (what: string): string[] =>
  existsSync(at('calls'))
    ? readFileSync(at('calls'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(what))
    : [];
const silent = (...names: string[]): void => writeFileSync(at('silent'), names.map(client).join(' '));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-members-'));
  for (const path of ['bin', 'data', 'kubernetes', 'kubernetes/manifests']) mkdirSync(at(path));
  let text = ETCDCTL;
  for (const [word, file] of [
    ['SILENT', 'silent'],
    ['CALLS', 'calls'],
    ['MEMBERS', 'members'],
    ['SYNCED', 'synced'],
  ] as const)
    text = text.replaceAll(word, at(file));
  writeFileSync(at('bin/etcdctl'), text);
  // No container of etcd runs.
  writeFileSync(at('bin/crictl'), '#!/bin/sh\nexit 0\n');
  for (const tool of ['etcdctl', 'crictl']) chmodSync(at(`bin/${tool}`), 0o755);
  silent();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Shell = (typeof SHELLS)[number];
const env = (): Record<string, string> => ({ PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` });
const join_ = (shell: Shell): Ran => {
  const others = ['a', 'b'].map(client).join(',');
  const args = [
    'c',
    peer('c'),
    at('data'),
    MANIFEST(),
    '@M@',
    others,
    ['a', 'b'].map(peer).join(' '),
    '',
    at('data/member/wal'),
  ];
  return run(shell, `printf 'members: @M@\\n' | ${sh(script('join'), { args })}`, env());
};
const MANIFEST = (): string => at('kubernetes/manifests/etcd.yaml');
const written = (): string => readFileSync(MANIFEST(), 'utf8');

describe.each(SHELLS)('join (%s)', (shell) => {
  test('a host that etcd does not know is added as a learner, and begins with all that etcd has', () => {
    etcd(member('1', 'a'), member('2', 'b'));
    expect(join_(shell)).toMatchObject({ code: 0, stderr: '' });
    expect(now().at(-1)).toBe(`f2, unstarted, , ${peer('c')}, , true`);
    expect(written()).toBe(`members: a=${peer('a')},b=${peer('b')},c=${peer('c')}\n`);
    expect(readdirSync(at('kubernetes'))).toEqual(['manifests']);
  });

  test('one that was added and never started is gone on with', () => {
    etcd(member('1', 'a'), member('3', 'c', { started: false, learner: true }));
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(called('member add')).toEqual([]);
    expect(called('member remove')).toEqual([]);
    expect(written()).toBe(`members: a=${peer('a')},c=${peer('c')}\n`);
  });

  test('one whose data are gone is taken out, and comes again as another member', () => {
    etcd(member('1', 'a'), member('2', 'b'), member('3', 'c'));
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(called('member remove')).toEqual(['member remove 3']);
    expect(now().at(-1)).toMatch(/^f2, unstarted/);
  });

  test('files without a log are no data: one that ended because it had none has made them', () => {
    etcd(member('1', 'a'), member('3', 'c'));
    mkdirSync(at('data/member/snap'), { recursive: true });
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(called('member remove')).toEqual(['member remove 3']);
    expect(readdirSync(at('data'))).toEqual(['member', expect.stringMatching(/^removed-\d{14}$/)]);
    expect(readdirSync(at('data/member'))).toEqual([]);
  });

  test('one that has its log is the member that etcd has', () => {
    etcd(member('1', 'a'), member('3', 'c'));
    mkdirSync(at('data/member/wal'), { recursive: true });
    writeFileSync(at('data/member/wal/0-0.wal'), '');
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(called('member remove')).toEqual([]);
  });

  test('data of a member that etcd has no more are kept beside, and not begun with', () => {
    etcd(member('1', 'a'));
    mkdirSync(at('data/member'));
    writeFileSync(at('data/member/db'), '');
    writeFileSync(MANIFEST(), 'old');
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(readdirSync(at('data'))).toEqual(['member', expect.stringMatching(/^removed-\d{14}$/)]);
    expect(written()).toContain(`c=${peer('c')}`);
  });

  test('the folder that a member shall begin in is there, and nothing is kept of an empty one', () => {
    etcd(member('1', 'a'));
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(readdirSync(at('data'))).toEqual(['member']);
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(readdirSync(at('data'))).toEqual(['member']);
  });

  test('another learner that never started is taken out; its own host adds it again', () => {
    etcd(member('1', 'a'), member('2', 'b', { started: false, learner: true }));
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(called('member remove')).toEqual(['member remove 2']);
    expect(written()).toBe(`members: a=${peer('a')},c=${peer('c')}\n`);
  });

  test('another learner that has started is made a full member first', () => {
    writeFileSync(at('synced'), '');
    etcd(member('1', 'a'), member('2', 'b', { learner: true }));
    expect(join_(shell)).toMatchObject({ code: 0 });
    expect(called('member promote')).toEqual(['member promote 2']);
    expect(now()).toHaveLength(3);
  });

  test('who is silent is not waited for where another one answers', () => {
    silent('a');
    etcd(member('1', 'a'), member('2', 'b'));
    expect(join_(shell)).toMatchObject({ code: 0 });
  });
});

describe.each(SHELLS)('promote (%s)', (shell) => {
  const promote = (): string =>
    run(shell, sh(script('promote'), { args: [peer('c'), client('a')] }), env()).stdout.trim();

  test('says what is missing, until it has a vote', () => {
    etcd(member('1', 'a'));
    expect(promote()).toBe('etcd does not have it among its members');
    etcd(member('1', 'a'), member('3', 'c', { started: false, learner: true }));
    expect(promote()).toBe('it has not started');
    etcd(member('1', 'a'), member('3', 'c', { learner: true }));
    expect(promote()).toBe('it is a learner that has not caught up yet');
    writeFileSync(at('synced'), '');
    expect(promote()).toBe('voter');
    expect(now().at(-1)).toBe(member('3', 'c'));
    silent('a');
    expect(promote()).toBe('no other member of etcd answers');
  });
});

describe.each(SHELLS)('leave (%s)', (shell) => {
  const leave = (what: string, stay: readonly string[], ...leaving: string[]): Ran =>
    run(shell, sh(script('leave'), { args: [what, stay.map(client).join(','), ...leaving.map(peer)] }), env());

  test('check takes nobody out, remove the first', () => {
    etcd(member('1', 'a'), member('2', 'b'), member('3', 'c'));
    expect(leave('check', ['a'], 'b', 'c')).toMatchObject({ code: 0, stderr: '' });
    expect(now()).toHaveLength(3);
    expect(leave('remove', ['a', 'b'], 'c')).toMatchObject({ code: 0, stderr: '' });
    expect(now()).toEqual([member('1', 'a'), member('2', 'b')]);
    // Again: it is done.
    expect(leave('remove', ['a', 'b'], 'c')).toMatchObject({ code: 0, stderr: '' });
  });

  test('nobody goes where those that stay could not decide any more', () => {
    silent('b');
    etcd(member('1', 'a'), member('2', 'b'), member('3', 'c'));
    const { code, stderr } = leave('remove', ['a', 'b'], 'c');
    expect({ code, stderr: stderr.trim() }).toEqual({
      code: 1,
      stderr:
        'Error: of the 2 members of etcd that would stay 1 answer, and 2 must, or it takes no writes any more; silent: b',
    });
    expect(now()).toHaveLength(3);
    // The silent one itself may go, and goes first where others go with it.
    expect(leave('check', ['a'], 'c', 'b')).toMatchObject({ code: 0, stdout: `${peer('b')}\n` });
    expect(leave('remove', ['a', 'c'], 'b')).toMatchObject({ code: 0, stderr: '' });
  });

  test('a learner has no vote, here nor there', () => {
    etcd(member('1', 'a'), member('3', 'c', { learner: true }));
    expect(leave('remove', ['a'], 'c')).toMatchObject({ code: 0, stderr: '' });
    expect(now()).toEqual([member('1', 'a')]);
  });
});

test('members are read with ids of 64 bits', () => {
  expect(readMembers(`ffffffffffffffff, started, a, ${peer('a')}, ${client('a')}, false\n\nwarning: x\n`)).toEqual([
    {
      id: 'ffffffffffffffff',
      started: true,
      name: 'a',
      peerUrls: [peer('a')],
      clientUrls: [client('a')],
      learner: false,
    },
  ]);
});
