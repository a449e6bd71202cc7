import type { HostFacts } from '../../../model/facts.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { FamilyKernels, KernelOptions, KernelUpgrade } from '../../kernel/kernel-upgrade.js';

const INSTALL = shellScript('./install.sh', import.meta.url);

/** What ELRepo's kernels are for one release of the family. */
interface ElrepoRelease {
  /** Signs all its packages for that release: those for 8 and later since January 2025. */
  readonly key: { readonly address: string; readonly fingerprint: string };
  readonly origin: string;
  /** A kernel is one package, or one that needs these, named by what follows kernel-lt or kernel-ml. */
  readonly parts: readonly string[];
}

const SEVEN: ElrepoRelease = {
  key: {
    address: 'https://www.elrepo.org/RPM-GPG-KEY-elrepo.org',
    fingerprint: '96C0104F631547311E0BB1AE309BC305BAADAE52',
  },
  // ELRepo itself has nothing for release 7 any more; this mirror keeps what it had.
  origin: 'https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/x86_64/RPMS',
  parts: [],
};

const later = (major: string): ElrepoRelease => ({
  key: {
    address: 'https://www.elrepo.org/RPM-GPG-KEY-v2-elrepo.org',
    fingerprint: 'B8A755874DA240C9DAC4E71551600989EAA31D4A',
  },
  origin: `https://elrepo.org/linux/kernel/el${major}/x86_64/RPMS`,
  parts: ['core', 'modules'],
});

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
    unfit: ({ os, arch }, options) => unfit(os, arch, options.package),
    release: ({ package: name = '' }) => new RegExp(`^kernel-${line}-(\\d.*)$`).exec(name)?.[1],
    install: (options, exported, { versionId }) => installText(line, options, exported, majorOf(versionId)),
  };
}

function unfit({ versionId, prettyName }: HostFacts['os'], arch: string, name = ''): string | undefined {
  if (arch !== 'amd64') return `ELRepo has no kernels for ${arch}`;
  const release = `.el${majorOf(versionId)}.`;
  return name.includes(release) ? undefined : `${name} is not for ${prettyName}: its name would have ${release} in it`;
}

function majorOf(versionId: string): string {
  return versionId.replace(/\..*$/, '');
}

function installText(
  line: string,
  { package: name = '', origin, sha256 = '', keyUrl }: KernelOptions,
  exported: Readonly<Record<string, string>>,
  major: string,
): string {
  const release = major === '7' ? SEVEN : later(major);
  const parts = release.parts.map((part) => name.replace(`kernel-${line}-`, `kernel-${line}-${part}-`));
  const folder = (origin ?? release.origin).replace(/\/+$/, '');
  const { address, fingerprint } = release.key;
  return sh(INSTALL, { args: [folder, keyUrl ?? address, fingerprint, sha256, name, ...parts], exported });
}
