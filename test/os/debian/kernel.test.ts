import { expect, test } from 'vitest';
import { kernels } from '../../../src/os/debian/kernel/index.js';
import type { KernelOptions } from '../../../src/os/kernel/kernel-upgrade.js';
import { sh, type ShellScript } from '../../../src/shell/script.js';
import { run, SHELLS, withHost, type FakeHost, type Shell } from '../../resources/sh.js';

const ID = '66081275-3e9d-4826-812d-e6e61bf33946';
const RUNS = '6.1.0-56-cloud-amd64';
const NEW = '6.12.117+deb12-cloud-amd64';
const line = (title: string, id: string): string =>
  `menuentry '${title}' --class debian --class os $menuentry_id_option '${id}' {\n\techo 'Loading Linux'\n`;

/** As update-grub writes it on Debian 12. */
const MENU = `${line('Debian GNU/Linux', `gnulinux-simple-${ID}`)}}
submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-${ID}' {
\t${line(`Debian GNU/Linux, with Linux ${NEW}`, `gnulinux-${NEW}-advanced-${ID}`)}\t}
\t${line(`Debian GNU/Linux, with Linux ${NEW} (recovery mode)`, `gnulinux-${NEW}-recovery-${ID}`)}\t}
\t${line(`Debian GNU/Linux, with Linux ${RUNS}`, `gnulinux-${RUNS}-advanced-${ID}`)}\t}
}
`;

interface Loader {
  readonly menu?: string;
  readonly abstraction?: string;
  readonly fs?: string;
}

function host(fake: FakeHost, { menu = MENU, abstraction = '', fs = 'ext2' }: Loader = {}): void {
  fake.write('/boot/grub/grub.cfg', menu);
  for (const name of ['update-grub', 'grub-set-default', 'grub-reboot', 'grub-editenv', 'sync']) fake.command(name);
  fake.command('uname', `echo ${RUNS}`);
  fake.command('grub-probe', `case "$1" in *abstraction) echo '${abstraction}' ;; *) echo '${fs}' ;; esac`);
}

function does(fake: FakeHost, shell: Shell, script: ShellScript, ...args: string[]): ReturnType<typeof run> {
  return run(shell, fake.inside(sh(script, { args }).replaceAll('/boot/', `${fake.root}/boot/`)));
}

test.each(SHELLS)(
  '%s: what runs is the default before a kernel is installed, also where the menu is newer',
  (shell) => {
    withHost((fake) => {
      host(fake);
      expect(does(fake, shell, kernels.bootLoader.hold)).toMatchObject({ code: 0, stderr: '' });
      expect(fake.read('/etc/default/grub.d/zz-kinit.cfg')).toContain('GRUB_DEFAULT=saved\n');
      expect(fake.read('/etc/default/grub.d/zz-kinit.cfg')).toContain('panic=30');
      const calls = fake.calls().filter((call) => !call.startsWith('grub-probe') && !call.startsWith('uname'));
      expect(calls[0]).toBe('update-grub ');
      expect(calls[1]).toBe(`grub-set-default gnulinux-advanced-${ID}>gnulinux-${RUNS}-advanced-${ID}`);
    });
  },
);

test.each(SHELLS)('%s: a kernel is chosen for one boot, and for good, by its place in the menu', (shell) => {
  withHost((fake) => {
    host(fake);
    const entry = `gnulinux-advanced-${ID}>gnulinux-${NEW}-advanced-${ID}`;
    expect(does(fake, shell, kernels.bootLoader.once, NEW).code).toBe(0);
    expect(fake.calls()).toContain(`grub-reboot ${entry}`);
    expect(does(fake, shell, kernels.bootLoader.keep, NEW).code).toBe(0);
    expect(fake.calls()).toContain(`grub-set-default ${entry}`);
  });
});

test.each(SHELLS)('%s: without a submenu the entry is by itself; one that is not there is named', (shell) => {
  withHost((fake) => {
    host(fake, { menu: line(`Linux ${NEW}`, `gnulinux-${NEW}-advanced-${ID}`) });
    does(fake, shell, kernels.bootLoader.once, NEW);
    expect(fake.calls()).toContain(`grub-reboot gnulinux-${NEW}-advanced-${ID}`);
    const { code, stderr } = does(fake, shell, kernels.bootLoader.once, '5.10.0-1-amd64');
    expect(code).toBe(1);
    expect(stderr).toContain('kernel 5.10.0-1-amd64 has no entry');
  });
});

test.each(SHELLS)('%s: where GRUB cannot forget a choice by itself, nothing is changed', (shell) => {
  withHost((fake) => {
    host(fake, { abstraction: 'lvm' });
    const { code, stderr } = does(fake, shell, kernels.bootLoader.hold);
    expect(code).toBe(1);
    expect(stderr).toContain('/boot lies on lvm, ext2');
    expect(fake.calls().some((call) => call.startsWith('update-grub'))).toBe(false);
  });
});

const named = (name: string): KernelOptions => ({ upgrade: 'package', package: name });

test.each(SHELLS)('%s: the release comes from the files of the package, or of the one it stands for', (shell) => {
  withHost((fake) => {
    fake.command('apt-get', `echo "$https_proxy" > '${fake.root}/proxy'`);
    fake.write('/etc/os-release', 'ID=debian\nVERSION_CODENAME=bookworm\n');
    fake.command('sleep');
    fake.command('uname', `echo ${RUNS}`);
    fake.command(
      'dpkg-query',
      `case "$*" in
        "-L linux-image-${NEW}") printf '%s\\n' /boot /boot/vmlinuz-${NEW} /boot/config-${NEW} ;;
        *Depends*) printf 'linux-image-${NEW} (= 6.12.117-1~deb12u1)' ;;
      esac`,
    );
    const release = (text: string): string | undefined =>
      run(shell, fake.inside(text))
        .stdout.split('\n')
        .find((each) => each.startsWith('release='));
    const [backports, byName] = kernels.upgrades;
    const none = {};
    const host = { versionId: '12', arch: 'amd64', mirror: 'none' } as const;
    expect(release(byName?.install(named(`linux-image-${NEW}`), none, host) ?? '')).toBe(`release=${NEW}`);
    expect(release(byName?.install(named('linux-image-cloud-amd64'), none, host) ?? '')).toBe(`release=${NEW}`);
    expect(release(backports?.install({ upgrade: 'backports' }, { https_proxy: 'http://p:1' }, host) ?? '')).toBe(
      `release=${NEW}`,
    );
    expect(fake.read('/proxy')).toBe('http://p:1\n');
    const last = fake.calls().findLast((call) => call.startsWith('apt-get'));
    expect(last).toMatch(/install --no-install-recommends -t bookworm-backports -- linux-image-cloud-amd64$/);
  });
});
