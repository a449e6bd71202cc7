import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { kernels } from '../../../src/os/redhat/kernel/index.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost, type FakeHost, type Shell } from '../../resources/sh.js';

const RELEASE = '5.4.278-1.el7.elrepo.x86_64';
const FINGERPRINT = '96C0104F631547311E0BB1AE309BC305BAADAE52';
const SEVEN: Release = { versionId: '7', release: RELEASE, parts: [''] };
const LATER: Release = { versionId: '9.4', release: '6.1.141-1.el9.elrepo.x86_64', parts: ['', 'core-', 'modules-'] };
const SUM = createHash('sha256').update('the package\n').digest('hex');
const SIGNED = 'kernel.rpm: rsa sha1 (md5) pgp md5 OK';

interface Release {
  readonly versionId: string;
  readonly release: string;
  /** Before the version in the names of its packages. */
  readonly parts: readonly string[];
}

interface Archive {
  /** What a file says it is; default: what it is called. */
  readonly holds?: string;
  readonly sha256?: string;
  /** Fingerprints of the keys in the file. */
  readonly keys?: readonly string[];
  readonly checksig?: string;
  /** Of the inventory. */
  readonly own?: { readonly keyUrl: string; readonly fingerprint: string };
}

function install(
  fake: FakeHost,
  shell: Shell,
  { sha256 = SUM, keys = [FINGERPRINT], checksig = SIGNED, holds, own }: Archive = {},
  { versionId, release }: Release = SEVEN,
): ReturnType<typeof run> {
  fake.command(
    'curl',
    'for last; do :; done; while [ $# -gt 1 ]; do if [ "$1" = -o ]; then file=$2; fi; shift; done; echo "the package" > "$file"; echo "$https_proxy" > "${0%/*}/../proxy"',
  );
  fake.command(
    'gpg',
    keys.map((key) => `echo pub:-:; echo fpr:::::::::${key}:; echo sub:-:; echo fpr:::::::::0000:`).join('\n'),
  );
  fake.command('rpmkeys', `case "$*" in *--checksig*) echo '${checksig}' ;; esac`);
  fake.command(
    'rpm',
    `for last; do :; done
     case "$*" in
       -ql*) if [ -e '${fake.root}/installed' ]; then echo /lib/modules/${release}/vmlinuz; fi ;;
       -qp*) last=\${last##*/}; printf %s "${holds ?? '${last%.rpm}'}" ;;
       *) exit 1 ;;
     esac`,
  );
  fake.command('yum', `: > '${fake.root}/installed'`);
  fake.command('dnf', `: > '${fake.root}/installed'`);
  fake.command('sleep');
  const upgrade = kernels.upgrades.find(({ id }) => id === 'elrepo-lt');
  const options = {
    upgrade: 'elrepo-lt',
    package: `kernel-lt-${release}`,
    sha256,
    origin: 'http://mirror.test',
    ...own,
  } as const;
  const host = { versionId, arch: 'amd64', mirror: 'none' } as const;
  return run(shell, fake.inside(upgrade?.install(options, { https_proxy: 'http://p:1' }, host) ?? 'exit 9'));
}

const installed = (fake: FakeHost): boolean => fake.calls().some((call) => /^(dnf|yum) .*install/.test(call));

test.each([
  ...SHELLS.map((shell) => [shell, SEVEN, FINGERPRINT] as const),
  ...SHELLS.map((shell) => [shell, LATER, 'B8A755874DA240C9DAC4E71551600989EAA31D4A'] as const),
])('%s: what has the sum and the signature that were named is installed: $release', (shell, of, key) => {
  withHost((fake) => {
    const { code, stdout, stderr } = install(fake, shell, { keys: [key] }, of);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`release=${of.release}`);
    const names = of.parts.map((part) => `kernel-lt-${part}${of.release}.rpm`);
    for (const name of names)
      expect(fake.calls()).toContainEqual(expect.stringContaining(`http://mirror.test/${name}`));
    const files = fake.calls().find((call) => /^(dnf|yum) .* install /.test(call)) ?? '';
    expect(files.replaceAll(/\S+\//g, '')).toMatch(new RegExp(`install ${[...names].sort().join(' ')}$`));
    expect(fake.read('/proxy')).toBe('http://p:1\n');
  });
});

test('packages that a site signs itself: its key is the one, and no other', () => {
  const own = { keyUrl: 'https://site.test/key', fingerprint: 'F'.repeat(40) };
  for (const shell of SHELLS)
    withHost((fake) => {
      expect(install(fake, shell, { own, keys: [own.fingerprint] }).code).toBe(0);
      expect(fake.calls()).toContainEqual(expect.stringContaining(own.keyUrl));
    });
  for (const shell of SHELLS) withHost((fake) => expect(install(fake, shell, { own }).code).toBe(1));
});

test.each([
  ['another sum', { sha256: 'b'.repeat(64) }, 'is not the package that the inventory means'],
  ['the key of somebody else', { keys: ['A'.repeat(40)] }, 'is not the one that signs these packages'],
  ['a second key in the file', { keys: [FINGERPRINT, 'A'.repeat(40)] }, 'is not the one that signs these packages'],
  ['no signature, which rpm calls OK', { checksig: 'kernel.rpm: digests OK' }, 'the signature of'],
  [
    'a package of another name',
    { holds: 'kernel-lt-5.4.1-1.el7.elrepo.x86_64' },
    'is another package: kernel-lt-5.4.1-1',
  ],
  ['a signature that is wrong', { checksig: 'kernel.rpm: digests SIGNATURES NOT OK' }, 'the signature of'],
] as const)('%s: refused before anything is installed', (_what, archive, message) => {
  for (const shell of SHELLS)
    withHost((fake) => {
      const { code, stderr } = install(fake, shell, archive);
      expect(code).toBe(1);
      expect(stderr).toContain(message);
      expect(installed(fake)).toBe(false);
    });
});

test.each([
  ['release 8 and later', 'id="abc-5.4"\ntitle="CentOS Linux (5.4)"', 'abc-5.4'],
  ['release 7', 'title=CentOS Linux (5.4.278) 7 (Core)', 'CentOS Linux (5.4.278) 7 (Core)'],
])('%s: a kernel is chosen for one boot by what grubby calls it', (_what, info, entry) => {
  for (const shell of SHELLS)
    withHost((fake) => {
      fake.command('grubby', `case "$1" in --info=*) printf '%s\\n' '${info.replaceAll('\n', "' '")}' ;; esac`);
      for (const name of ['grub2-reboot', 'grub2-editenv', 'sync']) fake.command(name);
      const { code } = run(shell, fake.inside(sh(kernels.bootLoader.once, { args: [RELEASE] })));
      expect(code).toBe(0);
      expect(fake.calls()).toContain(`grub2-reboot ${entry}`);
      expect(fake.calls()).toContainEqual(expect.stringContaining('panic=30 rd.shell=0 rd.emergency=reboot'));
    });
});

test('the boot loader must be able to forget a choice', () => {
  for (const shell of SHELLS)
    withHost((fake) => {
      for (const name of ['grubby', 'grub2-reboot', 'grub2-editenv']) fake.command(name);
      fake.write('/etc/default/grub', 'GRUB_DEFAULT=0\n');
      const refused = run(shell, fake.inside(sh(kernels.bootLoader.hold)));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('GRUB_DEFAULT=saved');
      fake.write('/etc/default/grub', 'GRUB_DEFAULT=saved\n');
      expect(run(shell, fake.inside(sh(kernels.bootLoader.hold))).code).toBe(0);
      expect(fake.calls()).toContainEqual(expect.stringContaining('grubby --set-default='));
    });
});
