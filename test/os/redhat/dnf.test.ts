import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sh } from '../../../src/shell/script.js';
import { dnf } from '../../../src/os/redhat/dnf/index.js';
import { packages, packagesKind as makeKind } from '../../../src/os/packages/index.js';
import { run, SHELLS, undoTexts, withHost, type FakeHost, type Shell } from '../../resources/sh.js';

const packagesKind = makeKind(() => dnf);
const NOTHING = { installed: [], versions: [], held: [] };
const KEY = 'gpg-pubkey-959e6cf7-6b08dacd';

/** What dnf prints of an installation before it is asked to do it. Long names are alone on their line. */
const TABLE = `Dependencies resolved.
================================================================
 Package      Arch    Version   Repository  Size
================================================================
Installing:
 socat        x86_64  1.7-1     base        10 k
Installing dependencies:
 a-library-with-a-name-that-is-as-long-as-a-line
              x86_64  1-1       base        10 k
     replacing  old-relay.x86_64 1.0-1
Removing dependent packages:
 gone         x86_64  1-1       @base       1 k

Transaction Summary
================================================================
Operation aborted.`;

interface Redhat {
  readonly lists?: 'fresh' | 'missing';
  /** sh text: what dnf does with "$*" when it is no simulation. */
  readonly does?: string;
  readonly simulation?: string;
  /** sh text: what rpm does. */
  readonly rpm?: string;
  readonly command?: 'dnf' | 'yum';
}

function redhat(
  host: FakeHost,
  { lists = 'fresh', does = ':', simulation = TABLE, rpm, command = 'dnf' }: Redhat,
): void {
  host.write('/table', `${simulation}\n`);
  host.command(command, `case "$*" in *--assumeno*) cat '${host.root}/table'; exit 1;; *) ${does};; esac`);
  host.command('rpm', rpm ?? 'exit 1');
  host.command('sleep');
  host.command('systemctl');
  host.write('/etc/yum.repos.d/base.repo', '');
  if (lists === 'fresh') host.write('/var/cache/dnf/base/repodata/repomd.xml', '');
}

function installation(host: FakeHost, names: readonly string[] = ['socat']): string {
  const step = packagesKind.apply(packages({ manager: 'dnf', names }), NOTHING).find((each) => each.do === 'script');
  return host.inside(step?.do === 'script' ? step.script : 'exit 9');
}

const install = (host: FakeHost, shell: Shell, names?: readonly string[]): ReturnType<typeof run> =>
  run(shell, installation(host, names));

const verbs = (host: FakeHost, command = 'dnf'): readonly string[] =>
  host
    .calls()
    .filter((call) => call.startsWith(`${command} `))
    .map((call) => call.replace(/^.*--color=never /, ''));

for (const shell of SHELLS) {
  test(`${shell}: what is there is seen with its version, also under a name that another package provides`, () => {
    withHost((host) => {
      host.command(
        'rpm',
        'case "$*" in *"-- iptables") echo 1:1.8-1.el9;; *"-- socat") printf "1.7-1.el9\\n1.6-1.el9\\n";; "-q rpm") ;; *) exit 1;; esac',
      );
      host.write('/etc/dnf/plugins/versionlock.conf', '[main]\nenabled = 1\n');
      host.write(
        '/etc/dnf/plugins/versionlock.list',
        '# socat-1\n!jq-0:1.6-*\nsocat-doc-0:1.7-1.*\niptables-1:1.8-1.el9.*\n',
      );
      const { stdout, stderr } = run(shell, host.inside(sh(dnf.observe, { args: ['iptables', 'jq', 'socat'] })));
      expect({ stdout: stdout.trim().split('\n'), stderr }).toEqual({
        stdout: [
          'held=iptables',
          'installed=iptables',
          'version=iptables 1:1.8-1.el9',
          'installed=socat',
          'version=socat 1.7-1.el9',
        ],
        stderr: '',
      });
    });
  });

  test(`${shell}: fresh lists are not refreshed; what comes and what goes is noted, keys and units too`, () => {
    withHost((host) => {
      redhat(host, {
        does: `case "$*" in *"-y install"*) echo ${KEY} > '${host.root}/keys'; esac`,
        rpm: `case "$*" in "-q gpg-pubkey") cat '${host.root}/keys' 2> /dev/null || echo "package gpg-pubkey is not installed";; "-ql -- "*socat*) echo /usr/lib/systemd/system/relay.service;; *) exit 1;; esac`,
      });
      expect(install(host, shell)).toMatchObject({
        code: 0,
        stdout: 'installing socat, in the place of gone old-relay\n',
        stderr: '',
      });
      expect(verbs(host)).toEqual(['install --assumeno socat', '-y install socat']);
      const notes = (name: string): string => host.read(`/var/lib/kinit/${name}`);
      expect(notes('packages-added')).toBe('socat\na-library-with-a-name-that-is-as-long-as-a-line\n');
      expect(notes('packages-removed')).toBe('gone\nold-relay\n');
      expect(notes('keys-added')).toBe(`${KEY}\n`);
      expect(notes('units-added')).toBe('relay.service\n');
    });
  });

  test(`${shell}: where there is no dnf, yum does it`, () => {
    withHost((host) => {
      redhat(host, { command: 'yum', lists: 'missing' });
      expect(install(host, shell).code).toBe(0);
      expect(verbs(host, 'yum')).toEqual([
        'clean expire-cache',
        'makecache',
        'install --assumeno socat',
        '-y install socat',
      ]);
    });
  });

  test(`${shell}: a repository that does not answer is told first, with reason and bound`, () => {
    withHost((host) => {
      redhat(host, {
        lists: 'missing',
        simulation: "Error: Failed to download metadata for repo 'dead'",
        does: `case "$*" in *makecache*) printf '%s\\n' "Errors during downloading metadata for repository 'dead':" "  - Curl error (7): Couldn't connect to server for http://dead.test/repodata/repomd.xml []" "Error: Failed to download metadata for repo 'dead': Cannot download repomd.xml"; exit 1;; esac`,
      });
      expect(install(host, shell)).toMatchObject({
        code: 1,
        stderr: [
          'the package lists could not be refreshed (at most 240 s):',
          "'dead'",
          "Curl error (7): Couldn't connect to server for http://dead.test/repodata/repomd.xml []",
          "Error: Failed to download metadata for repo 'dead': Cannot download repomd.xml",
          "cannot install socat: Error: Failed to download metadata for repo 'dead': Cannot download repomd.xml",
          '',
        ].join('\n'),
      });
      // What could not be read is waited for once.
      expect(verbs(host)).toEqual(['clean expire-cache', 'makecache']);
    });
  });

  test(`${shell}: a package whose signature is wrong is told with what dnf says, and its key goes at reset`, () => {
    withHost((host) => {
      redhat(host, {
        does: `case "$*" in *"-y install"*) echo ${KEY} > '${host.root}/keys'; echo "Error: GPG check FAILED"; exit 1;; esac`,
        rpm: `case "$*" in "-q gpg-pubkey") cat '${host.root}/keys' 2> /dev/null;; *) exit 1;; esac`,
      });
      const { code, stderr } = install(host, shell);
      expect(code).toBe(1);
      expect(stderr).toContain('could not install socat; the last lines of dnf:\nError: GPG check FAILED');
      expect(host.read('/var/lib/kinit/keys-added')).toBe(`${KEY}\n`);
    });
  });

  test.each(['1.7', '1.7-1.el9', '3:1.7', '3:1.7-1.el9'])(
    `${shell}: version %s is the one with all its parts, and asked for without epoch, which yum does not know`,
    (version) => {
      withHost((host) => {
        redhat(host, {
          does: `case "$*" in *"-y install"*) : > '${host.root}/there';; esac`,
          rpm: `case "$*" in *"-- socat") [ -e '${host.root}/there' ] && printf 3:1.7-1.el9;; *) exit 1;; esac`,
        });
        host.write('/etc/dnf/plugins/versionlock.conf', '');
        const wish = [`socat=${version}`];
        expect(install(host, shell, wish)).toMatchObject({ code: 0, stderr: '' });
        const asked = verbs(host);
        expect(asked.at(-1)).toBe(`-y install socat-${version.replace('3:', '')}`);
        // There already: it fits, and dnf is asked for nothing.
        expect(install(host, shell, wish)).toMatchObject({ code: 0, stderr: '' });
        expect(verbs(host)).toEqual(asked);
      });
    },
  );

  test.each<[wish: string, told: string, asked?: string]>([
    ['socat=9.9-1', 'socat: there is no version 9.9-1; the repositories of this host have 1.7-1, 2:1.8-1'],
    [
      'socat=1:1.8-1',
      'socat: there is no version 1:1.8-1; the repositories of this host have 1.7-1, 2:1.8-1',
      'socat-1.8-1',
    ],
    ['relay', 'relay: no repository of this host has a package of that name (dnf list relay)'],
  ])(`${shell}: %s that no repository has is told with what there is`, (wish, told, asked = wish.replace('=', '-')) => {
    withHost((host) => {
      redhat(host, {
        simulation: `No match for argument: ${asked}\nError: Unable to find a match: ${asked}`,
        does: 'case "$*" in *list*socat) printf "Available Packages\\nsocat.x86_64   1.7-1   base\\nsocat.x86_64   2:1.8-1   base\\nsocat-doc.x86_64 3-1 base\\n";; *list*) exit 1;; esac',
      });
      host.write('/etc/dnf/plugins/versionlock.conf', '');
      expect(install(host, shell, [wish])).toMatchObject({ code: 1, stderr: `cannot install ${wish}:\n${told}\n` });
    });
  });

  test.each([
    ['dnf', '/etc/dnf/plugins', 'socat-0:1.7-1.*'],
    ['yum', '/etc/yum/pluginconf.d', '0:socat-1.7-1.*'],
  ] as const)(
    `${shell}: a version that is named is locked in %s's list and released again; another one is not changed`,
    (command, folder, line) => {
      withHost((host) => {
        redhat(host, {
          command,
          rpm: `case "$*" in *NAME*%*) printf '%s\\n' '${line}';; *"-- socat") [ ! -e '${host.root}/there' ] || printf 1.8-1;; *) exit 1;; esac`,
        });
        host.command(
          'rpm',
          `case "$*" in *{NAME}*) printf '%s\\n' '${line}';; *) cat '${host.root}/there' 2> /dev/null;; esac`,
        );
        host.write(`${folder}/versionlock.conf`, `locklist = ${host.root}${folder}/versionlock.list\n`);
        host.write(`${folder}/versionlock.list`, '# mine\nother-0:1-1.*\n');
        expect(install(host, shell, ['socat=1.7-1'])).toMatchObject({ code: 0, stderr: '' });
        expect(verbs(host, command).at(-1)).toBe('-y install socat-1.7-1');
        expect(host.read(`${folder}/versionlock.list`)).toBe(`# mine\nother-0:1-1.*\n${line}\n`);
        expect(run(shell, host.inside(sh(dnf.release, { args: ['socat', 'absent'] })))).toMatchObject({
          code: 0,
          stderr: '',
        });
        expect(host.read(`${folder}/versionlock.list`)).toBe('# mine\nother-0:1-1.*\n');
        host.write('/there', '1.8-1');
        expect(install(host, shell, ['socat=1.7-1'])).toMatchObject({
          code: 1,
          stderr: expect.stringContaining(
            `socat is there in version 1.8-1, and the inventory says 1.7-1: kinit does not change the version of a package that is there. By hand: ${command} install socat-1.7-1`,
          ) as string,
        });
      });
    },
  );

  test(`${shell}: reset removes what came, changed configuration and keys; what others need or hold stays and is told`, () => {
    withHost((host) => {
      redhat(host, {});
      const { save = '', restore } = undoTexts(
        packagesKind,
        packages({ manager: 'dnf', names: ['socat', 'held'] }),
        NOTHING,
      );
      expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
      host.write('/var/lib/kinit/packages-added', 'socat\nneeded\nlow\n');
      host.write('/var/lib/kinit/keys-added', `${KEY}\n`);
      host.write('/etc/dnf/plugins/versionlock.conf', `locklist = ${host.root}/etc/dnf/plugins/versionlock.list\n`);
      host.write('/etc/dnf/plugins/versionlock.list', 'held-0:1-1.*\n');
      // low is needed by needed, which theirs needs.
      host.command(
        'rpm',
        `case "$*" in
          "-e --test -- needed") echo "	needed is needed by (installed) theirs-1-1.x86_64"; exit 1;;
          "-e --test -- low") echo "	low is needed by (installed) needed-1-1.x86_64"; exit 1;;
          *"-- theirs-1-1.x86_64") echo theirs;; *"-- needed-1-1.x86_64") echo needed;;
          "-qc "*) printf '%s\\n' '${host.root}/etc/socat.conf' '${host.root}/etc/own/own.conf' '${host.root}/etc/other.conf' '(contains no files)';;
          "-qf -- "*/own) exit 1;;
        esac`,
      );
      host.command(
        'dnf',
        `: > '${host.root}/etc/socat.conf.rpmsave'; mkdir '${host.root}/etc/own'; : > '${host.root}/etc/own/own.conf.rpmsave'`,
      );
      host.write('/etc/other.conf.rpmsave', 'older');
      const { code, stdout, stderr } = run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' });
      expect({ code, stdout: stdout.trim().split('\n'), stderr }).toEqual({
        code: 0,
        stdout: [
          'held stays: it is on the list of versionlock',
          'needed stays: theirs needs it',
          'low stays: needed needs it',
        ],
        stderr: '',
      });
      expect(verbs(host)).toEqual(['-y remove --disablerepo=* --setopt=clean_requirements_on_remove=False socat']);
      expect(readdirSync(`${host.root}/etc`)).not.toContain('socat.conf.rpmsave');
      expect(readdirSync(`${host.root}/etc`)).not.toContain('own');
      expect(host.read('/etc/other.conf.rpmsave')).toBe('older');
      expect(host.calls()).toContain(`rpm -e --allmatches -- ${KEY}`);
    });
  });

  test(`${shell}: what kinit itself locked, in whichever run, goes at reset; what a person had locked before stays`, () => {
    withHost((host) => {
      redhat(host, {
        rpm: `case "$*" in *{NAME}*) echo 'socat-0:1.7-1.*';; *{EPOCH}*"-- socat") [ -e '${host.root}/there' ] && printf 1.7-1;; *"-e --test"*) ;; "-q -- "*) ;; *) exit 1;; esac`,
      });
      const list = '/etc/dnf/plugins/versionlock.list';
      host.write('/etc/dnf/plugins/versionlock.conf', `locklist = ${host.root}${list}\n`);
      host.write(list, 'theirs-0:1-1.*\n');
      host.write('/there', '');
      expect(install(host, shell, ['socat=1.7', 'theirs=*']).code).toBe(0);
      expect(host.read(list)).toBe('theirs-0:1-1.*\nsocat-0:1.7-1.*\n');
      // Another entry of the journal, of a later run: it holds nothing of these.
      const later = undoTexts(packagesKind, packages({ manager: 'dnf', names: ['jq', 'theirs'] }), NOTHING);
      expect(run(shell, host.inside(later.save ?? ''), { D: host.saved }).code).toBe(0);
      const { code, stdout } = run(shell, host.inside(later.restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'theirs stays: it is on the list of versionlock\n' });
      expect(host.read(list)).toBe('theirs-0:1-1.*\n');
      expect(verbs(host)).toContainEqual(expect.stringMatching(/^-y remove .* jq socat$/));
    });
  });

  test(`${shell}: whoever holds a lock is named; a process that is gone holds none`, () => {
    withHost((host) => {
      const holder = (): string => run(shell, host.inside(sh(dnf.lockHolder))).stdout;
      expect(holder()).toBe('');
      host.write('/var/cache/dnf/metadata_lock.pid', '999999999');
      expect(holder()).toBe('');
      host.write('/var/lib/dnf/rpmdb_lock.pid', String(process.pid));
      expect(holder()).toMatch(new RegExp(`^\\S.* \\(pid ${String(process.pid)}\\)\\n$`));
      expect(run(shell, host.inside(sh(dnf.waitForLock, { args: ['0'] }))).stdout).toContain(String(process.pid));
    });
  });
}
