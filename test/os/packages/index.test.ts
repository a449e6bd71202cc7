import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apt } from '../../../src/os/debian/apt/index.js';
import { packages, packagesKind as makeKind } from '../../../src/os/packages/index.js';
import { deadSocket, run, SHELLS, withHost, type FakeHost, type Shell, undoTexts } from '../../resources/sh.js';

const packagesKind = makeKind(() => apt);
const R = packages({ manager: 'apt', names: ['socat', 'conntrack', 'socat'] });
const NOTHING = { installed: [], versions: [], held: [] };
const SEEN = { ...NOTHING, installed: ['conntrack'] };

const apply = (host: FakeHost, shell: Shell): ReturnType<typeof run> => run(shell, installation(host));

function installation(host: FakeHost, names?: readonly string[]): string {
  const wanted = names === undefined ? R : packages({ manager: 'apt', names });
  const step = packagesKind.apply(wanted, SEEN).find((each) => each.do === 'script');
  return host.inside(step?.do === 'script' ? step.script : 'exit 9');
}

/** Commands of apt; `body` decides what apt-get does with "$*". */
function debian(host: FakeHost, options: { lists: 'fresh' | 'missing'; aptGet?: string }): void {
  host.command('apt-get', options.aptGet ?? '');
  host.command('dpkg');
  host.command('dpkg-query', 'exit 1');
  host.command('apt-cache');
  host.command('apt-mark');
  host.command('systemctl');
  host.command('sleep');
  host.write('/var/lib/apt/lists/partial/x', '');
  if (options.lists === 'fresh') host.write('/var/lib/apt/lists/main_Packages', '');
}

const verbs = (host: FakeHost): readonly string[] =>
  host
    .calls()
    .filter((call) => call.startsWith('apt-get'))
    .map((call) => call.replace(/^.*--force-confold /, ''));

test('nothing to do when all packages are installed', () => {
  const seen = packagesKind.parse?.(R, 'installed=conntrack\ninstalled=socat\nconfig-files=gone\n') ?? NOTHING;
  expect(packagesKind.diff(R, seen).changed).toBe(false);
});

test('a version that is named counts, and is held; the last word on a name is the one with a version', () => {
  const pinned = packages({ manager: 'apt', names: ['socat', 'socat=1.7-1', 'jq'] });
  expect(pinned.names).toEqual(['jq', 'socat=1.7-1']);
  const seen = (text: string): ReturnType<typeof packagesKind.diff> =>
    packagesKind.diff(pinned, packagesKind.parse?.(pinned, `installed=jq\nversion=jq 1.6\n${text}`) ?? NOTHING);
  const reason = (text: string): string => {
    const difference = seen(text);
    return difference.changed ? difference.change.reason : 'none';
  };
  expect(reason('installed=socat\nversion=socat 1.7-1\nheld=socat\n')).toBe('none');
  expect(reason('installed=socat\nversion=socat 1.7-1\n')).toBe('not held at its version');
  expect(reason('installed=socat\nversion=socat 1.8-1\n')).toBe(
    'socat is there in version 1.8-1, which kinit does not change',
  );
  expect(seen('')).toMatchObject({ change: { summary: 'install socat=1.7-1', reason: 'not installed' } });
});

const FORMS = [
  ['28.1.1', '3:28.1.1-1.el9', true],
  ['28.1.1-1.el9', '3:28.1.1-1.el9', true],
  ['3:28.1.1', '3:28.1.1-1.el9', true],
  ['28.1.1', '5:28.1.1-1~debian.12~bookworm', true],
  ['1.7.24~ds1', '1.7.24~ds1-6', true],
  ['1.2-3', '1.2-3-4', true],
  ['28.1', '3:28.1.1-1.el9', false],
  ['2:28.1.1-1.el9', '3:28.1.1-1.el9', false],
  ['28.1.1-2.el9', '3:28.1.1-1.el9', false],
  ['1.2', '1.2-3-4', false],
] as const;

test.each(FORMS)('%s names %s: %s', (wish, version, fits) => {
  const wanted = packages({ manager: 'apt', names: [`x=${wish}`] });
  const seen = { installed: ['x'], versions: [`x ${version}`], held: ['x'] };
  expect(packagesKind.diff(wanted, seen).changed).toBe(!fits);
  for (const shell of SHELLS)
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      host.command('dpkg-query', `echo 'installed ${version}'`);
      expect(run(shell, installation(host, [`x=${wish}`])).code).toBe(fits ? 0 : 1);
    });
});

for (const shell of SHELLS)
  test(`${shell}: apt is asked for the newest version that is the one of the inventory, with all its parts`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      host.command(
        'apt-cache',
        `[ "$1" != madison ] || printf ' docker-ce | 5:%s~bookworm | https://deb.test bookworm\\n' 29.0.0-1 28.1.1-2 28.1.1-1`,
      );
      expect(run(shell, installation(host, ['docker-ce=28.1.1', 'jq']))).toMatchObject({ code: 0, stderr: '' });
      const asked = 'docker-ce=5:28.1.1-2~bookworm jq';
      expect(verbs(host)).toEqual([
        `install -s --no-install-recommends -- ${asked}`,
        `install --no-install-recommends -- ${asked}`,
      ]);
    });
  });

test('in whatever version it comes, and held at that; a version that is named elsewhere counts before', () => {
  const any = packages({ manager: 'apt', names: ['socat=*', 'socat', 'jq=*', 'jq=1.6'] });
  expect(any.names).toEqual(['jq=1.6', 'socat=*']);
  const difference = (text: string): ReturnType<typeof packagesKind.diff> =>
    packagesKind.diff(any, packagesKind.parse?.(any, `installed=jq\nversion=jq 1.6\nheld=jq\n${text}`) ?? NOTHING);
  expect(difference('')).toMatchObject({ change: { summary: 'install socat' } });
  expect(difference('installed=socat\nversion=socat 1.8\n')).toMatchObject({
    change: { reason: 'not held at its version' },
  });
  expect(difference('installed=socat\nversion=socat 1.8\nheld=socat\n').changed).toBe(false);
});

for (const shell of SHELLS)
  test(`${shell}: what is there in a version that fits is held, and apt is asked for nothing`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      host.command('dpkg-query', "echo 'installed 5:28.1.1-1~bookworm'");
      host.command('apt-cache', "printf ' docker-ce | 5:28.1.1-2~bookworm | https://deb.test bookworm\\n'");
      expect(run(shell, installation(host, ['docker-ce=28.1.1']))).toMatchObject({ code: 0, stderr: '' });
      expect(verbs(host)).toEqual([]);
      expect(host.calls()).toContain('apt-mark hold docker-ce');
    });
  });

for (const shell of SHELLS)
  test(`${shell}: in whatever version: installed by its name, and held`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      host.command('dpkg-query', 'case "$*" in *jq*) echo "installed 1.5";; *) exit 1;; esac');
      expect(run(shell, installation(host, ['socat=*', 'jq=*']))).toMatchObject({ code: 0, stderr: '' });
      // What is there stays as it is: apt would bring the newest.
      expect(verbs(host).at(-1)).toBe('install --no-install-recommends -- socat');
      expect(host.calls().filter((call) => call.startsWith('apt-mark'))).toEqual([
        'apt-mark hold jq',
        'apt-mark hold socat',
      ]);
    });
  });

test('only what is missing is installed; a package whose files are left from a removal is missing', () => {
  const seen = packagesKind.parse?.(R, 'installed=conntrack\nconfig-files=socat\n') ?? NOTHING;
  expect(packagesKind.diff(R, seen)).toEqual({
    changed: true,
    change: { action: 'run', summary: 'install socat', reason: 'not installed' },
  });
  expect(undoTexts(packagesKind, R, seen).save).toContain('set -- socat\n');
});

for (const shell of SHELLS) {
  test.each<[string, { aptGet: string; policy?: string; madison?: string; wish?: string }, string]>([
    [
      'a version that is not there is told with those that are',
      {
        wish: 'socat=9.9',
        aptGet: `echo "E: Version '9.9' for 'socat' was not found"`,
        madison:
          'printf "     socat | 1.7.4-2 | http://deb.test bookworm\\n     socat | 1.8.0-1 | http://deb.test backports\\n"',
        policy: 'echo "  Candidate: 1.7.4-2"',
      },
      'cannot install socat=9.9:\nsocat: there is no version 9.9; the repositories of this host have 1.7.4-2, 1.8.0-1\n',
    ],
    [
      'a name that no repository knows',
      { aptGet: 'echo "E: Unable to locate package socat"' },
      'cannot install socat:\nsocat: no repository of this host has a package of that name (apt-cache policy socat)\n',
    ],
    [
      'a pin that keeps it out is respected and told',
      {
        aptGet: `echo "E: Package 'socat' has no installation candidate"`,
        madison: 'printf "     socat | 1.7.4-2 | http://deb.test bookworm\\n"',
        policy: 'echo "  Candidate: (none)"',
      },
      'cannot install socat:\nsocat: a pin keeps it out (/etc/apt/preferences, /etc/apt/preferences.d; apt-cache policy socat)\n',
    ],
    [
      'what a person put on hold is respected and told',
      {
        aptGet:
          'printf "The following held packages will be changed:\\n  libc6 libc-bin\\n1 upgraded\\nE: Held packages were changed and -y was used without --allow-change-held-packages.\\n"',
        madison: 'printf "     socat | 1.7.4-2 | http://deb.test bookworm\\n"',
        policy: 'echo "  Candidate: 1.7.4-2"',
      },
      'cannot install socat:\non hold, and would have to change: libc6 libc-bin (a person put that on hold; it is taken off with: apt-mark unhold libc6 libc-bin)\n',
    ],
  ])(`${shell}: %s`, (_name, { aptGet, policy = '', madison = '', wish = 'socat' }, told) => {
    withHost((host) => {
      debian(host, { lists: 'fresh', aptGet: `case "$*" in *install*) ${aptGet}; exit 100;; esac` });
      host.command('apt-cache', `case "$1" in madison) ${madison || ':'};; policy) ${policy || ':'};; esac`);
      const { code, stderr } = run(shell, installation(host, [wish]));
      expect({ code, stderr: stderr.replaceAll(host.root, '') }).toEqual({ code: 1, stderr: told });
    });
  });

  test(`${shell}: a version that is named is held once it is there; another one that is there is not changed`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      expect(run(shell, installation(host, ['socat=1.7-1'])).code).toBe(0);
      expect(host.calls().at(-1)).toBe('apt-mark hold socat');
      expect(verbs(host).at(-1)).toBe('install --no-install-recommends -- socat=1.7-1');
      host.command('dpkg-query', 'printf "installed 1.8-1"');
      const { code, stderr } = run(shell, installation(host, ['socat=1.7-1']));
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^socat is there in version 1.8-1, and the inventory says 1.7-1: .*apt-get install socat=1.7-1/,
        ) as string,
      });
    });
  });

  test(`${shell}: reset takes off hold what kinit put there, and leaves what a person holds`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      const pinned = packages({ manager: 'apt', names: ['ours=1', 'theirs=1'] });
      const { save = '', restore } = undoTexts(packagesKind, pinned, { ...NOTHING, held: ['theirs'] });
      expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
      host.command('dpkg-query', 'case "$*" in *Want*theirs|*Want*ours) printf hold;; *) printf installed;; esac');
      expect(run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '0' }).code).toBe(0);
      expect(host.calls().filter((call) => call.startsWith('apt-mark'))).toEqual(['apt-mark unhold ours']);
      host.command(
        'dpkg-query',
        'case "$*" in *Want*theirs) printf hold;; *Want*) printf install;; *) printf installed;; esac',
      );
      const { stdout, stderr } = run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' });
      expect({ stdout, stderr }).toEqual({ stdout: 'theirs stays: it is on hold (apt-mark showhold)\n', stderr: '' });
      expect(verbs(host).at(-1)).toBe('remove -- ours');
      // What is on hold needs it: apt finds no way, and it stays.
      host.command('apt-get', 'case "$*" in *"remove -s"*) exit 100;; esac');
      host.command('apt-mark', 'echo theirs');
      expect(run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' }).stdout).toBe(
        'theirs stays: it is on hold (apt-mark showhold)\nours stays: what is on hold needs it\n',
      );
    });
  });

  test(`${shell}: fresh lists that know the package are not refreshed`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      expect(apply(host, shell)).toMatchObject({ code: 0, stdout: 'installing socat\n', stderr: '' });
      expect(verbs(host)).toEqual([
        'install -s --no-install-recommends -- socat',
        'install --no-install-recommends -- socat',
      ]);
    });
  });

  test(`${shell}: missing lists are refreshed first, once`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'missing',
        aptGet: 'case "$*" in *install*) echo "E: Unable to locate package socat"; exit 100;; esac',
      });
      const result = apply(host, shell);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(
        'cannot install socat:\nsocat: no repository of this host has a package of that name',
      );
      expect(verbs(host).filter((verb) => verb === 'update')).toHaveLength(1);
    });
  });

  test(`${shell}: lists that could not be refreshed are told first: which repository, why, and the bound`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'missing',
        aptGet: `case "$*" in
          *update*) printf '%s\\n' 'Err:1 http://deb.test/debian bookworm InRelease' "  Temporary failure resolving 'deb.test'" \
            "W: Failed to fetch http://deb.test/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.test'" \
            'W: Some index files failed to download. They have been ignored, or old ones used instead.';;
          *install*) echo "E: Unable to locate package socat"; exit 100;; esac`,
      });
      const result = apply(host, shell);
      expect(result.code).toBe(1);
      expect(result.stderr).toBe(
        [
          'the package lists could not be refreshed (at most 240 s):',
          "W: Failed to fetch http://deb.test/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.test'",
          'cannot install socat: E: Unable to locate package socat',
          '',
        ].join('\n'),
      );
    });
  });

  test(`${shell}: lists that do not come to an end are told with the last that was heard`, () => {
    withHost((host) => {
      debian(host, { lists: 'missing', aptGet: 'case "$*" in *install*) exit 100;; esac' });
      host.command(
        'timeout',
        'echo "0% [Connecting to deb.test (192.0.2.1)]"; case "$*" in "240 "*update*) exit 124;; *) exit 100;; esac',
      );
      expect(apply(host, shell).stderr).toContain(
        'the package lists could not be refreshed (at most 240 s):\nno end within 240 s; the last that was heard: 0% [Connecting to deb.test (192.0.2.1)]\ncannot install socat: ',
      );
    });
  });

  test(`${shell}: an archive that moved on since the lists were read is tried again after a refresh`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'fresh',
        aptGet: `case "$*" in *update*) : > '${host.root}/updated';; *"install -s"*) ;; *) [ -e '${host.root}/updated' ] || { echo 404; exit 100; };; esac`,
      });
      expect(apply(host, shell).code).toBe(0);
      expect(verbs(host).at(-1)).toBe('install --no-install-recommends -- socat');
    });
  });

  test(`${shell}: packages that came along or were pushed out are noted; removing ours turns both round`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'fresh',
        aptGet:
          'case "$*" in *"install -s"*) printf "Remv systemd-timesyncd [1] (x)\\nInst libwrap0 (7.6 Debian)\\nInst libc6 [2.35] (2.36 Debian)\\nInst socat (1.7 Debian)\\n";; *"remove -s"*) printf "Remv socat [1.7]\\nRemv libwrap0 [7.6]\\n";; esac',
      });
      host.command(
        'dpkg-query',
        'case "$*" in *libwrap0*) echo "libwrap0 libwrap0:amd64 config-files";; *) exit 1;; esac',
      );
      expect(apply(host, shell).code).toBe(0);
      expect(host.read('/var/lib/kinit/packages-removed')).toBe('systemd-timesyncd\n');
      expect(host.read('/var/lib/kinit/packages-added')).toBe('libwrap0 config-files\nsocat \n');
      const undo = undoTexts(packagesKind, R, SEEN);
      host.command('dpkg-query', 'printf installed');
      expect(run(shell, host.inside(undo?.save ?? ''), { D: host.saved }).code).toBe(0);
      expect(run(shell, host.inside(undo?.restore ?? ''), { D: host.saved, KINIT_REMOVE_PACKAGES: '0' }).code).toBe(0);
      // What was pushed out comes back, whether or not ours go.
      expect(verbs(host).at(-1)).toBe('install --no-install-recommends -- systemd-timesyncd');
      host.write('/var/lib/kinit/packages-removed', 'systemd-timesyncd\n');
      expect(run(shell, host.inside(undo?.restore ?? ''), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' })).toMatchObject(
        { code: 0, stdout: '', stderr: '' },
      );
      expect(verbs(host).slice(-2)).toEqual([
        'remove -- libwrap0 socat',
        'install --no-install-recommends -- systemd-timesyncd',
      ]);
      // libwrap0's configuration files were there before, socat had none.
      expect(host.calls()).toContain('dpkg --purge socat');
    });
  });

  test(`${shell}: what something installed later needs stays, and is told`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'fresh',
        aptGet:
          'case "$*" in *"install -s"*) printf "Inst libwrap0 (7.6 Debian)\\nInst socat (1.7 Debian)\\n";; *"remove -s"*libwrap0*) printf "Remv socat [1.7]\\nRemv theirs [1]\\nRemv libwrap0 [7.6]\\n";; esac',
      });
      host.command('dpkg-query', 'exit 1');
      expect(apply(host, shell).code).toBe(0);
      const undo = undoTexts(packagesKind, R, SEEN);
      host.command('dpkg-query', 'printf installed');
      expect(run(shell, host.inside(undo?.save ?? ''), { D: host.saved }).code).toBe(0);
      expect(run(shell, host.inside(undo?.restore ?? ''), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' })).toMatchObject(
        { code: 0, stdout: 'libwrap0 stays: theirs needs it\n', stderr: '' },
      );
      expect(verbs(host).at(-1)).toBe('remove -- socat');
    });
  });

  test(`${shell}: services that packages started are stopped when the packages stay; those that were there are not`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'fresh',
        aptGet: 'case "$*" in *"install -s"*) printf "Inst socat (1.7 Debian)\\n";; esac',
      });
      host.command('dpkg-query', 'exit 1');
      host.command(
        'dpkg',
        'case "$*" in "-L socat") printf "/usr/lib/systemd/system/relay.service\\n/lib/systemd/system/relay@.service\\n/lib/systemd/system/theirs.timer\\n/usr/bin/socat\\n";; esac',
      );
      host.command(
        'systemctl',
        'case "$*" in list-unit-files*) printf "ssh.service enabled enabled\\ntheirs.timer disabled enabled\\n";; show*) echo LoadState=loaded;; reset-failed*) echo "not loaded" >&2; exit 1;; esac',
      );
      const { save = '', restore } = undoTexts(packagesKind, R, SEEN);
      expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
      expect(apply(host, shell).code).toBe(0);
      expect(host.read('/var/lib/kinit/units-added')).toBe('relay.service\ntheirs.timer\n');
      // kinit has restarted both; which of them ran before is told by what was there before.
      host.write('/later', 'reload\nrestart relay.service\nrestart theirs.timer\n');
      const env = { D: host.saved, KINIT_REMOVE_PACKAGES: '0', KINIT_LATER: `${host.root}/later` };
      expect(run(shell, host.inside(restore), env)).toMatchObject({ code: 0, stderr: '' });
      expect(host.read('/later')).toBe('reload\nrestart theirs.timer\n');
      expect(host.calls().filter((call) => /^systemctl .*(disable|stop)/.test(call))).toEqual([
        'systemctl -q disable -- relay.service',
        'systemctl -q stop -- relay.service',
      ]);
    });
  });

  test(`${shell}: what kinit itself put on hold, in whichever run, goes at reset; what a person holds stays`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      host.command(
        'dpkg-query',
        `for name; do :; done
         case "$3" in
           *Want*) grep -qx "$name" '${host.root}/held' && printf hold ;;
           *Version*) echo 'installed 1.7' ;;
           *) printf installed ;;
         esac`,
      );
      host.write('/held', 'theirs\n');
      host.command(
        'apt-mark',
        `[ "$1" = hold ] && echo "$2" >> '${host.root}/held' || sed -i "/^$2$/d" '${host.root}/held'`,
      );
      expect(run(shell, installation(host, ['socat=1.7', 'theirs=*'])).code).toBe(0);
      expect(host.read('/held')).toBe('theirs\nsocat\n');
      host.write('/var/lib/kinit/packages-added', 'socat \n');
      const later = undoTexts(packagesKind, packages({ manager: 'apt', names: ['jq', 'theirs'] }), NOTHING);
      expect(run(shell, host.inside(later.save ?? ''), { D: host.saved }).code).toBe(0);
      const { code, stdout } = run(shell, host.inside(later.restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'theirs stays: it is on hold (apt-mark showhold)\n' });
      expect(host.read('/held')).toBe('theirs\n');
      expect(verbs(host).at(-1)).toBe('remove -- jq socat');
    });
  });

  test.each(['0', '1'])(
    `${shell}: sockets of packages go with them, and what nothing had asked for before; removed: %s`,
    (removed) => {
      withHost((host) => {
        debian(host, { lists: 'fresh' });
        const socket = `${host.root}/run/relay.sock`;
        host.command(
          'systemctl',
          `case "$*" in *is-active*) exit 3;; *Listen*relay.socket) echo 'Listen=${socket} (Stream)';; show*) echo LoadState=loaded;; esac`,
        );
        const { save = '', restore } = undoTexts(packagesKind, R, SEEN);
        expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
        host.write('/var/lib/kinit/units-added', 'relay.socket\n');
        deadSocket(socket);
        expect(run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: removed })).toMatchObject({
          code: 0,
          stderr: '',
        });
        expect(existsSync(socket)).toBe(false);
        expect(host.calls()).toContain('systemctl stop network-online.target');
      });
    },
  );

  test(`${shell}: a removal that is taken up again still knows the sockets of what is gone`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh', aptGet: 'case "$*" in *remove*) exit 1;; esac' });
      const socket = `${host.root}/run/relay.sock`;
      host.command(
        'systemctl',
        `case "$*" in *is-active*) exit 3;; *Listen*relay.socket) echo 'Listen=${socket} (Stream)';; esac`,
      );
      const { save = '', restore } = undoTexts(packagesKind, R, SEEN);
      expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
      host.write('/var/lib/kinit/units-added', 'relay.socket\n');
      host.write('/var/lib/kinit/packages-added', 'relay \n');
      host.command('dpkg-query', 'printf installed');
      deadSocket(socket);
      const undo = (): number => run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '1' }).code;
      expect(undo()).not.toBe(0);
      host.command('dpkg-query', 'exit 1');
      host.command('apt-get');
      host.command('systemctl', 'case "$*" in *is-active*) exit 3;; esac');
      expect(undo()).toBe(0);
      expect(existsSync(socket)).toBe(false);
    });
  });

  test(`${shell}: an installation that nobody listens to any more is waited for to its end`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'fresh',
        aptGet: `case "$*" in *"install -s"*) ;; *install*) while [ "$(grep -c ^sleep '${host.root}/calls')" -lt 205 ]; do /bin/sleep 0.05; done; echo yes > '${host.root}/installed';; esac`,
      });
      host.command('dpkg-query', 'exit 1');
      // The connection is cut after the first line.
      run(shell, `(\n${installation(host)}\n(exit $?)\necho $? > '${host.root}/ended') | head -n 1 > /dev/null`);
      expect({ installed: host.read('/installed'), ended: host.read('/ended') }).toEqual({
        installed: 'yes\n',
        ended: '0\n',
      });
    });
  });

  test(`${shell}: a package script that is slow is waited for and told of; nothing that ends the run ends it`, () => {
    withHost((host) => {
      debian(host, {
        lists: 'fresh',
        aptGet: `case "$*" in *"install -s"*) ;; *install*) echo "Setting up socat"; read -r _ _ _ _ _ session _ < /proc/self/stat; echo "$session" > '${host.root}/session'; while [ "$(grep -c ^sleep '${host.root}/calls')" -lt 105 ]; do /bin/sleep 0.05; done; exit 7;; esac`,
      });
      host.command('dpkg-query', 'exit 1');
      const own = run(shell, 'read -r _ _ _ _ _ session _ < /proc/self/stat; echo "$session"').stdout;
      const { code, stdout, stderr } = apply(host, shell);
      expect(code).toBe(1);
      // The fake sleep makes ten seconds of nothing; it ends after a little more than these.
      expect(stdout).toMatch(/^10 s: Setting up socat$/m);
      expect(stderr).toContain('could not install socat; the last lines of apt-get:\nSetting up socat');
      expect(host.read('/session')).not.toBe(own);
    });
  });

  test(`${shell}: an interrupted dpkg is finished before`, () => {
    withHost((host) => {
      debian(host, { lists: 'fresh' });
      host.write('/var/lib/dpkg/updates/0001', '');
      expect(apply(host, shell).code).toBe(0);
      expect(host.calls().find((call) => !call.startsWith('sleep'))).toMatch(/^dpkg .*--configure -a$/);
    });
  });
}
