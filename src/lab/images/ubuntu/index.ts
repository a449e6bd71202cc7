import { shellScript } from '../../../shell/script.js';
import type { LabImage } from '../image.js';
import type { ImageName } from '../names.js';

type UbuntuName = Extract<ImageName, `ubuntu-${string}`>;

/** What a server of Ubuntu has by default and one of Debian has not. */
const PACKAGES = [
  'apparmor',
  'cron',
  'lsb-release',
  'needrestart',
  'netplan.io',
  'systemd-resolved',
  'ufw',
  'unattended-upgrades',
] as const;

interface Release {
  readonly title: string;
  /** Of Debian: the nearest one. */
  readonly suite: string;
  /** os-release(5), a line each. */
  readonly osRelease: readonly string[];
  /** What /etc/debian_version says there. */
  readonly debianVersion: string;
  /** Whether the socket of sshd is listened to by systemd, which starts it at the first connection (from 22.10 on). */
  readonly sshBySocket: boolean;
}

const RELEASES: Readonly<Record<UbuntuName, Release>> = {
  'ubuntu-22.04': {
    title: 'Ubuntu 22.04, emulated on Debian 12',
    suite: 'bookworm',
    osRelease: osRelease('22.04', '22.04.5 LTS', 'Jammy Jellyfish', 'jammy'),
    debianVersion: 'bookworm/sid',
    sshBySocket: false,
  },
  'ubuntu-24.04': {
    title: 'Ubuntu 24.04, emulated on Debian 13',
    suite: 'trixie',
    osRelease: osRelease('24.04', '24.04.3 LTS', 'Noble Numbat', 'noble'),
    debianVersion: 'trixie/sid',
    sshBySocket: true,
  },
};

const emulate = shellScript('./emulate.sh', import.meta.url);

export const ubuntuImages: Readonly<Record<UbuntuName, LabImage>> = {
  'ubuntu-22.04': image('ubuntu-22.04'),
  'ubuntu-24.04': image('ubuntu-24.04'),
};

/** As base-files of that release has it, but for the word that says what it is here. */
function osRelease(id: string, version: string, name: string, codename: string): string[] {
  return [
    `PRETTY_NAME="Ubuntu ${version}, emulated"`,
    'NAME="Ubuntu"',
    `VERSION_ID="${id}"`,
    `VERSION="${version} (${name})"`,
    `VERSION_CODENAME=${codename}`,
    'ID=ubuntu',
    'ID_LIKE=debian',
    `UBUNTU_CODENAME=${codename}`,
  ];
}

function image(name: UbuntuName): LabImage {
  const { title, suite, osRelease, debianVersion, sshBySocket } = RELEASES[name];
  return {
    name,
    title,
    emulated: true,
    suite,
    packages: PACKAGES,
    nameServers: 'resolved',
    emulate: {
      script: emulate,
      env: {
        OS_RELEASE: osRelease.join('\n'),
        DEBIAN_VERSION: debianVersion,
        SSH_BY: sshBySocket ? 'socket' : 'service',
      },
    },
  };
}
