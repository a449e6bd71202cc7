import type { HostFacts } from '../../../model/facts.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { FamilyKernels, KernelOptions, KernelUpgrade } from '../../kernel/kernel-upgrade.js';

const INSTALL = shellScript('./install.sh', import.meta.url);

/** ELRepo's signing key of 2009, with which all its packages for release 7 are signed. */
const KEY = {
  address: 'https://www.elrepo.org/RPM-GPG-KEY-elrepo.org',
  fingerprint: '96C0104F631547311E0BB1AE309BC305BAADAE52',
};

/** ELRepo itself has nothing for release 7 any more; this mirror keeps what it had. */
const ARCHIVE = 'https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/x86_64/RPMS';

/** Kernels by ELRepo: long-term (lt) or mainline (ml). */
export const kernels: FamilyKernels = {
  upgrades: [elrepo('lt'), elrepo('ml')],
  bootLoader: {
    hold: shellScript('./hold.sh', import.meta.url),
    once: shellScript('./once.sh', import.meta.url),
    keep: shellScript('./keep.sh', import.meta.url),
  },
};

function elrepo(line: 'lt' | 'ml'): KernelUpgrade {
  return {
    id: `elrepo-${line}`,
    brings: ({ package: name = '' }) => `${name} by ELRepo`,
    needs: ['package', 'sha256'],
    unfit,
    release: ({ package: name = '' }) => new RegExp(`^kernel-${line}-(\\d.*)$`).exec(name)?.[1],
    install: installText,
  };
}

/** From release 8 on a kernel is several packages, and ELRepo's newer ones have another key. */
function unfit({ os, arch }: HostFacts): string | undefined {
  if (os.versionId.split('.')[0] !== '7')
    return `kinit installs ELRepo's kernels on release 7 only, and this is ${os.prettyName}: install one by dnf and reboot`;
  return arch === 'amd64' ? undefined : `ELRepo has no kernels for ${arch}`;
}

function installText(
  { package: name = '', origin = ARCHIVE, sha256 = '', keyUrl = KEY.address }: KernelOptions,
  exported: Readonly<Record<string, string>>,
): string {
  return sh(INSTALL, { args: [name, origin.replace(/\/+$/, ''), sha256, keyUrl, KEY.fingerprint], exported });
}
