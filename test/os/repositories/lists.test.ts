import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apt } from '../../../src/os/debian/apt/index.js';
import { dnf } from '../../../src/os/redhat/dnf/index.js';
import { repositoryLists, repositoryListsKind } from '../../../src/os/repositories/lists/index.js';
import type { PackageManager } from '../../../src/os/packages/package-manager.js';
import { run, SHELLS, undoTexts, withHost, type FakeHost, type Ran, type Shell } from '../../resources/sh.js';

const FILE = { apt: '/etc/apt/sources.list.d/kinit-site.sources', dnf: '/etc/yum.repos.d/kinit-site.repo' };
const MANAGERS: readonly PackageManager[] = [apt, dnf];
const kind = repositoryListsKind((id) => MANAGERS.find((manager) => manager.id === id) ?? apt);
const lists = (manager: 'apt' | 'dnf'): ReturnType<typeof repositoryLists> =>
  repositoryLists({ name: 'site', manager, files: [FILE[manager], '/etc/key'], lockSeconds: 1, environment: {} });

function changed(host: FakeHost, shell: Shell, manager: 'apt' | 'dnf'): boolean {
  const resource = lists(manager);
  const { stdout } = run(shell, host.inside(kind.observe?.(resource) ?? ''));
  return kind.diff(resource, kind.parse?.(resource, stdout) ?? { now: '', read: '' }).changed;
}

function refresh(host: FakeHost, shell: Shell, manager: 'apt' | 'dnf'): Ran {
  const step = kind.apply(lists(manager), { now: '', read: '' }).find((each) => each.do === 'script');
  return run(shell, host.inside(step?.do === 'script' ? step.script : 'exit 9'));
}

for (const shell of SHELLS) {
  test.each([
    [
      'apt',
      'apt-get',
      /update -o Dir::Etc::sourcelist=\S*kinit-site.sources -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0$/,
    ],
    ['dnf', 'dnf', /--disablerepo=\* --enablerepo=kinit-site makecache$/],
  ] as const)(
    `${shell}: %s reads the lists of one repository once, and again where it is named otherwise`,
    (manager, command, called) => {
      withHost((host) => {
        host.command(command);
        host.write(FILE[manager], 'one');
        host.write('/etc/key', 'key');
        expect(changed(host, shell, manager)).toBe(true);
        expect(refresh(host, shell, manager)).toMatchObject({ code: 0, stderr: '' });
        expect(host.calls()).toContainEqual(expect.stringMatching(called));
        expect(changed(host, shell, manager)).toBe(false);
        host.write('/etc/key', 'another');
        expect(changed(host, shell, manager)).toBe(true);
        const { restore } = undoTexts(kind, lists(manager), { now: '', read: '' });
        expect(run(shell, host.inside(restore)).code).toBe(0);
      });
    },
  );

  test(`${shell}: one that stands on the host already, with another key, is not left there twice`, () => {
    withHost((host) => {
      const words = 'E: Conflicting values set for option Signed-By: /other.asc != /etc/apt/keyrings/kinit-site.asc';
      host.command('apt-get', `case "$*" in *indextargets*) echo '${words}' >&2; exit 100;; esac`);
      host.write(FILE.apt, 'one');
      const { code, stderr } = refresh(host, shell, 'apt');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/site stands on this host twice[^]*Conflicting[^]*taken away again/) as string,
      });
      expect(existsSync(join(host.root, FILE.apt))).toBe(false);
      expect(host.calls().some((call) => call.includes('update'))).toBe(false);
    });
  });

  test.each([
    [
      'apt',
      'apt-get',
      'W: GPG error: https://x bookworm InRelease: NO_PUBKEY 1234',
      /site cannot be used[^]*NO_PUBKEY 1234[^]*keyFile, keyUrl and fingerprint/,
    ],
    [
      'apt',
      'apt-get',
      "E: The repository 'https://x nonesuch Release' does not have a Release file.",
      /nonesuch[^]*url and suites/,
    ],
    [
      'apt',
      'apt-get',
      'W: Failed to fetch http://x  Could not connect to x:80, connection timed out',
      /timed out[^]*Does the host reach it/,
    ],
    [
      'dnf',
      'dnf',
      "Errors during downloading metadata for repository 'kinit-site':\n  - Status code: 404 for https://x/repodata/repomd.xml",
      /Status code: 404[^]*no such repository/,
    ],
  ] as const)(`${shell}: %s: %s`, (manager, command, words, told) => {
    withHost((host) => {
      host.command(
        command,
        `case "$*" in *update*|*makecache*) printf '%s\\n' ${JSON.stringify(words)}; exit 1;; esac`,
      );
      host.write(FILE[manager], 'one');
      const { code, stderr } = refresh(host, shell, manager);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(told) as string });
      expect(stderr).toContain(`${host.root}${FILE[manager]} was taken away again.\n`);
      expect(existsSync(join(host.root, FILE[manager]))).toBe(false);
      expect(changed(host, shell, manager)).toBe(true);
    });
  });
}

test('lists are read in the run that writes their files', () => {
  const seen = { now: 'a', read: 'a' };
  expect(kind.diff(lists('apt'), seen).changed).toBe(false);
  const after = kind.afterWriting?.(lists('apt'), seen, new Set([FILE.apt]));
  expect(kind.diff(lists('apt'), after ?? seen).changed).toBe(true);
  expect(kind.afterWriting?.(lists('apt'), seen, new Set(['/etc/other']))).toBeUndefined();
  expect(kind.diff(lists('apt'), { now: 'a', read: '' }).changed).toBe(true);
});
