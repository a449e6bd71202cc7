import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renewJournal } from '../../../src/engine/reset/renew.js';
import type { HostConnection } from '../../../src/model/host.js';
import { past } from '../../../src/facts/subjects/past.js';
import { journalRecorded, slug } from '../../../src/resources/journal/journal.js';
import { journalList, parseJournal } from '../../../src/resources/journal/read.js';
import { journalReplay, parseReplay } from '../../../src/resources/journal/replay.js';
import { sh } from '../../../src/shell/script.js';
import { STATE_DIR } from '../../../src/shell/state.js';
import { must, run, SHELLS, withHost, type FakeHost } from '../../resources/sh.js';

/**
 * The journal of a worker as the last kinit left it that kept no data for undo, only text to run (kinit of November 2026).
 * Its host had files of a person's own: /etc/crictl.yaml, /etc/containerd/config.toml. Copies of user files are left out.
 */
const FILES = JSON.parse(readFileSync(new URL('./journals/without-data.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>;
const NAMES = [...new Set(Object.keys(FILES).map((file) => file.split('/')[0] ?? ''))].sort();
const idOf = (name: string): string => (FILES[`${name}/id`] ?? '').trim();

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'kinit-older-'));
  for (const [file, text] of Object.entries(FILES)) put(`${state}/journal/${file}`, text);
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('every entry is read; none has data, so that each is undone by the text it was recorded with', async () => {
  const read = parseJournal(must('dash', journalList(state)));
  expect(read.map(({ name }) => name).sort()).toEqual(NAMES);
  expect(read.filter(({ undo }) => undo !== undefined)).toEqual([]);
  let asked = 0;
  const connection = {
    host: 'node2',
    run: (script: string) => {
      asked += 1;
      return Promise.resolve(run('dash', script.replaceAll(STATE_DIR, state)));
    },
  } as Partial<HostConnection> as HostConnection;
  await renewJournal(connection);
  expect(asked).toBe(1);
  for (const name of NAMES)
    expect(readFileSync(`${state}/journal/${name}/restore.sh`, 'utf8')).toBe(FILES[`${name}/restore.sh`]);
});

test('what it recorded is not recorded a second time, when it would note what kinit itself made', () => {
  const ids = NAMES.map(idOf);
  expect(ids.map(slug)).toEqual(NAMES.map((name) => name.replace(/^\d+-/, '')));
  const recorded = must('dash', journalRecorded([...ids, 'file:/etc/other'], state));
  expect(recorded.trim().split('\n')).toEqual(ids.map((_, index) => String(index)));
});

for (const shell of SHELLS) {
  test(`${shell}: it tells when kinit came, what it changed, and that no link of a network was there before`, () => {
    withHost((host) => {
      for (const [file, text] of Object.entries(FILES)) host.write(`${STATE_DIR}/journal/${file}`, text);
      const subject = past([]);
      const seen = subject.parse(must(shell, host.inside(sh(subject.script, subject.values))));
      expect(seen.began).toBeGreaterThan(1_600_000_000);
      expect([...seen.recorded].sort()).toEqual(NAMES.map(idOf).sort());
      expect(seen.linksBefore).toEqual([]);
    });
  });

  test(`${shell}: files, folders and links are given back, what cluster and kinit put there goes`, () => {
    withHost((host) => {
      const names = NAMES.filter(isOfFakeHost);
      expect(names.length).toBeGreaterThan(15);
      for (const name of names) lay(host, name);
      host.command('systemctl');
      theCluster(host);
      const replay = journalReplay({ removePackages: false, beat: 1 });
      const { code, stdout } = run(shell, host.inside(replay));
      const lines = stdout.split('\n').flatMap((line) => parseReplay(line) ?? []);
      expect({ code, failed: lines.filter(({ status }) => status === 'failed') }).toEqual({ code: 0, failed: [] });
      expect(lines.filter(({ status }) => status === 'ok').map(({ id }) => id)).toEqual(names.map(idOf).reverse());
      expect(host.read('/etc/crictl.yaml')).toBe('timeout: 7\n');
      expect(host.read('/etc/containerd/config.toml')).toBe('version = 2\n# mine\n');
      for (const path of ['/etc/kubernetes', '/var/lib/kubelet/pki', '/etc/containerd/certs.d', '/run/nri', STATE_DIR])
        expect(existsSync(`${host.root}${path}`), path).toBe(false);
      expect(
        readdirSync(`${host.root}/etc/systemd/system`, { recursive: true, withFileTypes: true }).filter((each) =>
          each.isFile(),
        ),
      ).toEqual([]);
      expect(host.calls()).toContain('systemctl daemon-reload');
    });
  });
}

/** Entries that only touch what the fake host has; of those whose text runs other programs the lab has seen the undo. */
function isOfFakeHost(name: string): boolean {
  return (
    /^(file|directory|link):\/(etc|run|var\/lib\/kubelet)\//.test(idOf(name)) && FILES[`${name}/stat`] === undefined
  );
}

/** Puts an entry down whose paths are the fake host's. */
function lay(host: FakeHost, name: string): void {
  for (const [file, text] of Object.entries(FILES).filter(([path]) => path.startsWith(`${name}/`))) {
    const moved = file.endsWith('made') || file.endsWith('restore.sh') ? insideOf(host, text) : text;
    host.write(`${STATE_DIR}/journal/${file}`, moved);
  }
}

/** Without the line that sets PATH: entries get it from the replay. */
function insideOf(host: FakeHost, text: string): string {
  return host.inside(text).replace(/^PATH=.*\n/, '');
}

/** What is there when it is reset. */
function theCluster(host: FakeHost): void {
  host.write('/etc/kubernetes/manifests/of-the-cluster.yaml', '');
  host.write('/var/lib/kubelet/pki/kubelet-client-2026.pem', '');
  for (const name of NAMES.filter(isOfFakeHost)) {
    const [kind, path = ''] = idOf(name).split(/:(.*)/);
    if (kind === 'directory') mkdirSync(`${host.root}${path}`, { recursive: true });
    else host.write(path, 'of kinit');
  }
}
