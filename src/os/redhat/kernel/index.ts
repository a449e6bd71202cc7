import type { PackageMirror } from '../../../artifacts/mirror.js';
import type { HostFacts } from '../../../model/facts.js';
import { sh, shellScript } from '../../../shell/script.js';
import type {
  FamilyKernels,
  KernelHost,
  KernelOptions,
  KernelOrigin,
  KernelUpgrade,
} from '../../kernel/kernel-upgrade.js';

const INSTALL = shellScript('./install.sh', import.meta.url);

/** Where ELRepo's packages and keys lie: its own, and mirrors of it. */
interface Place {
  /** Folder with the keys. */
  readonly keys: string;
  /** Folder with the packages of a release. */
  readonly packages: (major: string) => string;
}

const OLD_RELEASE = '7';

const PLACES: Readonly<Record<PackageMirror, Place>> = {
  none: {
    keys: 'https://www.elrepo.org',
    // ELRepo itself has nothing for release 7 any more; that mirror keeps what it had.
    packages: (major) =>
      major === OLD_RELEASE
        ? 'https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/x86_64/RPMS'
        : `https://elrepo.org/linux/kernel/el${major}/x86_64/RPMS`,
  },
  aliyun: {
    keys: 'https://mirrors.aliyun.com/elrepo',
    packages: (major) =>
      `https://mirrors.aliyun.com/elrepo/${major === OLD_RELEASE ? 'archive/' : ''}kernel/el${major}/x86_64/RPMS`,
  },
};

/** What ELRepo's kernels are for one release of the family. */
interface ElrepoRelease {
  /** Signs all its packages for that release: those for 8 and later since January 2025. */
  readonly key: { readonly file: string; readonly fingerprint: string };
  /** A kernel is one package, or one that needs these, named by what follows kernel-lt or kernel-ml. */
  readonly parts: readonly string[];
}

const SEVEN: ElrepoRelease = {
  key: { file: 'RPM-GPG-KEY-elrepo.org', fingerprint: '96C0104F631547311E0BB1AE309BC305BAADAE52' },
  parts: [],
};

const LATER: ElrepoRelease = {
  key: { file: 'RPM-GPG-KEY-v2-elrepo.org', fingerprint: 'B8A755874DA240C9DAC4E71551600989EAA31D4A' },
  parts: ['core', 'modules'],
};

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
    fetches: (options, host) => (fits(host, options.package) ? origins(line, options, host) : []),
    install: (options, exported, host) => {
      const { folder, names, key, fingerprint } = filesOf(line, options, host);
      return sh(INSTALL, { args: [folder, key, fingerprint, options.sha256 ?? '', ...names], exported });
    },
  };
}

function unfit({ versionId, prettyName }: HostFacts['os'], arch: string, name = ''): string | undefined {
  if (!builtFor(arch)) return `ELRepo has no kernels for ${arch}`;
  return isOf(versionId, name)
    ? undefined
    : `${name} is not for ${prettyName}: its name would have ${ending(versionId)} in it`;
}

function fits({ versionId, arch }: KernelHost, name = ''): boolean {
  return builtFor(arch) && isOf(versionId, name);
}

const builtFor = (arch: string): boolean => arch === 'amd64';
const isOf = (versionId: string, name: string): boolean => name.includes(ending(versionId));
const ending = (versionId: string): string => `.el${majorOf(versionId)}.`;

function majorOf(versionId: string): string {
  return versionId.replace(/\..*$/, '');
}

/** The inventory's sum is that of the first package: its signature vouches for the others, kinit's fingerprint for the key. */
function origins(line: string, options: KernelOptions, host: KernelHost): KernelOrigin[] {
  const official = filesOf(line, { package: options.package }, { ...host, mirror: 'none' });
  const { folder, names, key } = filesOf(line, options, host);
  const packages = names.map((name, index): KernelOrigin => {
    const sum = index === 0 ? options.sha256 : undefined;
    return {
      kind: 'package',
      official: `${official.folder}/${name}.rpm`,
      from: `${folder}/${name}.rpm`,
      ...(sum === undefined ? {} : { boundTo: `sha256:${sum}` }),
    };
  });
  return [...packages, { kind: 'key', official: official.key, from: key }];
}

/** What a host of a release fetches: the inventory's own addresses go before those of a mirror. */
function filesOf(
  line: string,
  { package: name = '', origin, keyUrl, fingerprint }: Omit<KernelOptions, 'min' | 'upgrade' | 'sha256'>,
  { versionId, mirror }: Pick<KernelHost, 'versionId' | 'mirror'>,
): {
  readonly folder: string;
  /** As the files are called without .rpm. */
  readonly names: readonly string[];
  readonly key: string;
  readonly fingerprint: string;
} {
  const major = majorOf(versionId);
  const { key, parts } = major === OLD_RELEASE ? SEVEN : LATER;
  const place = PLACES[mirror];
  return {
    folder: (origin ?? place.packages(major)).replace(/\/+$/, ''),
    names: [name, ...parts.map((part) => name.replace(`kernel-${line}-`, `kernel-${line}-${part}-`))],
    key: keyUrl ?? `${place.keys}/${key.file}`,
    fingerprint: fingerprint ?? key.fingerprint,
  };
}
