import { expect, test } from 'vitest';
import { apt } from '../../../src/os/debian/apt/index.js';
import { packages, packagesKind as makeKind } from '../../../src/os/packages/index.js';
import { run, SHELLS, withHost, type FakeHost, type Shell, undoTexts } from '../../resources/sh.js';

const packagesKind = makeKind(() => apt);
const R = packages({ manager: 'apt', names: ['socat', 'conntrack', 'socat'] });

const apply = (host: FakeHost, shell: Shell): ReturnType<typeof run> => run(shell, installation(host));

function installation(host: FakeHost): string {
  const step = packagesKind.apply(R, { installed: ['conntrack'] }).find((each) => each.do === 'script');
  return host.inside(step?.do === 'script' ? step.script : 'exit 9');
}

/** Commands of apt; `body` decides what apt-get does with "$*". */
function debian(host: FakeHost, options: { lists: 'fresh' | 'missing'; aptGet?: string }): void {
  host.command('apt-get', options.aptGet ?? '');
  host.command('dpkg');
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
  const seen = packagesKind.parse?.(R, 'installed=conntrack\ninstalled=socat\nconfig-files=gone\n') ?? {
    installed: [],
  };
  expect(packagesKind.diff(R, seen).changed).toBe(false);
});

test('only what is missing is installed; a package whose files are left from a removal is missing', () => {
  const seen = packagesKind.parse?.(R, 'installed=conntrack\nconfig-files=socat\n') ?? { installed: [] };
  expect(packagesKind.diff(R, seen)).toEqual({
    changed: true,
    change: { action: 'run', summary: 'install socat', reason: 'not installed' },
  });
  expect(undoTexts(packagesKind, R, seen).save).toContain('set -- socat\n');
});

for (const shell of SHELLS) {
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
        'cannot install socat; the last lines of apt-get:\nE: Unable to locate package socat',
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
      host.command('dpkg-query', 'case "$*" in *libwrap0) printf config-files;; *) exit 1;; esac');
      expect(apply(host, shell).code).toBe(0);
      expect(host.read('/var/lib/kinit/packages-removed')).toBe('systemd-timesyncd\n');
      expect(host.read('/var/lib/kinit/packages-added')).toBe('libwrap0 config-files\nsocat \n');
      const undo = undoTexts(packagesKind, R, { installed: ['conntrack'] });
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
      const undo = undoTexts(packagesKind, R, { installed: ['conntrack'] });
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
      const { save = '', restore } = undoTexts(packagesKind, R, { installed: ['conntrack'] });
      expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
      expect(apply(host, shell).code).toBe(0);
      expect(host.read('/var/lib/kinit/units-added')).toBe('relay.service\ntheirs.timer\n');
      expect(run(shell, host.inside(restore), { D: host.saved, KINIT_REMOVE_PACKAGES: '0' })).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(host.calls().filter((call) => /^systemctl .*(disable|stop)/.test(call))).toEqual([
        'systemctl -q disable -- relay.service',
        'systemctl stop -- relay.service',
      ]);
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
