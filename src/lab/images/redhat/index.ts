import { shellScript } from '../../../shell/script.js';
import type { LabImage } from '../image.js';
import type { ImageName } from '../names.js';

type RedhatName = Extract<ImageName, 'rocky-9' | 'centos-7'>;

/** Debian has the family's own tools. */
const PACKAGES = [
  'cpio',
  'createrepo-c',
  'dnf',
  'dnf-plugins-core',
  'firewalld',
  'gnupg',
  'policycoreutils',
  'rpm',
] as const;

/** What Debian calls a package, and what the family calls it. Others keep their name. */
const NAMES: Readonly<Record<string, string>> = {
  conntrack: 'conntrack-tools',
  iptables: 'iptables-nft',
  libip6tc2: 'iptables-libs',
  libipset13: 'ipset-libs',
  'libnetfilter-conntrack3': 'libnetfilter_conntrack',
  'libnetfilter-cthelper0': 'libnetfilter_cthelper',
  'libnetfilter-cttimeout1': 'libnetfilter_cttimeout',
  libnfnetlink0: 'libnfnetlink',
  'libnl-3-200': 'libnl3',
};

interface Release {
  readonly title: string;
  /** os-release(5), a line each. */
  readonly osRelease: readonly string[];
  /** The package that says which release it is, and what /etc/redhat-release says. */
  readonly releasePackage: string;
  readonly redhatRelease: string;
  readonly version: string;
  /** Names of the package manager's command. */
  readonly commands: readonly string[];
  readonly iptables: 'nft' | 'legacy';
}

const RELEASES: Readonly<Record<RedhatName, Release>> = {
  'rocky-9': {
    title: 'Rocky Linux 9, emulated on Debian 12',
    osRelease: [
      'NAME="Rocky Linux"',
      'VERSION="9.4 (Blue Onyx)"',
      'ID="rocky"',
      'ID_LIKE="rhel centos fedora"',
      'VERSION_ID="9.4"',
      'PLATFORM_ID="platform:el9"',
      'PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx), emulated"',
    ],
    releasePackage: 'rocky-release',
    redhatRelease: 'Rocky Linux release 9.4 (Blue Onyx), emulated',
    version: '9.4',
    commands: ['dnf', 'yum'],
    iptables: 'nft',
  },
  'centos-7': {
    title: 'CentOS Linux 7, emulated on Debian 12',
    osRelease: [
      'NAME="CentOS Linux"',
      'VERSION="7 (Core)"',
      'ID="centos"',
      'ID_LIKE="rhel fedora"',
      'VERSION_ID="7"',
      'PRETTY_NAME="CentOS Linux 7 (Core), emulated"',
    ],
    releasePackage: 'centos-release',
    redhatRelease: 'CentOS Linux release 7.9.2009 (Core), emulated',
    version: '7',
    commands: ['yum'],
    iptables: 'legacy',
  },
};

const emulate = shellScript('./emulate.sh', import.meta.url);

export const redhatImages: Readonly<Record<RedhatName, LabImage>> = {
  'rocky-9': image('rocky-9'),
  'centos-7': image('centos-7'),
};

function image(name: RedhatName): LabImage {
  const { title, osRelease, releasePackage, redhatRelease, version, commands, iptables } = RELEASES[name];
  const names = iptables === 'legacy' ? { ...NAMES, iptables: 'iptables' } : NAMES;
  return {
    name,
    title,
    emulated: true,
    suite: 'bookworm',
    packages: PACKAGES,
    emulate: {
      script: emulate,
      env: {
        OS_RELEASE: osRelease.join('\n'),
        RELEASE_PACKAGE: releasePackage,
        REDHAT_RELEASE: redhatRelease,
        VERSION: version,
        COMMANDS: commands.join(' '),
        IPTABLES: iptables,
        NAMES: Object.entries(names)
          .map((pair) => pair.join('='))
          .join(' '),
      },
    },
  };
}
