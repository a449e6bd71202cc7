import { file } from '../../resources/index.js';
import type { OsFamily, PackageNeed } from '../os-family.js';
import { modulesLoad } from '../modules-load.js';
import { apt } from './apt/index.js';
import { kernels } from './kernel/index.js';
import { keepRunning } from './needrestart.js';
import { aptSources } from './repositories.js';

/** Package names are the same in Debian 11-13 and Ubuntu 22.04-24.04. */
const PACKAGES: Readonly<Record<PackageNeed, readonly string[]>> = {
  conntrack: ['conntrack'],
  ethtool: ['ethtool'],
  ipset: ['ipset'],
  iptables: ['iptables'],
  ipvsadm: ['ipvsadm'],
  kmod: ['kmod'],
  nftables: ['nftables'],
  socat: ['socat'],
  time: ['chrony'],
};

/** Debian, Ubuntu and what is made from them. Uploaded files need no labels: AppArmor goes by paths. */
export const debian: OsFamily = {
  id: 'debian',
  words: ['debian', 'ubuntu', 'apt', 'apt-get', 'dpkg', 'needrestart'],
  distributions: ['debian', 'ubuntu'],
  releases: [
    { id: 'debian', versionId: '11', name: 'Debian 11', oldNft: true },
    { id: 'debian', versionId: '12', name: 'Debian 12' },
    { id: 'debian', versionId: '13', name: 'Debian 13' },
    { id: 'ubuntu', versionId: '22.04', name: 'Ubuntu 22.04' },
    { id: 'ubuntu', versionId: '24.04', name: 'Ubuntu 24.04' },
  ],
  packages: apt,
  repositories: aptSources,
  kernels,
  packagesFor: (need) => PACKAGES[need],
  // Its chrony.conf has "sourcedir" (chrony 4.0, Debian 11): that file stays the package's own.
  timeSources: (lines) => file({ path: '/etc/chrony/sources.d/kinit.sources', content: lines, mode: 0o644 }),
  keepRunning: (units) => [keepRunning(units)],
  // Without its parser a runtime starts pods unconfined, and says so nowhere.
  packagesOf: ({ appArmor }) => (appArmor === true ? ['apparmor'] : []),
  modulesAtBoot: (names) => [modulesLoad(names)],
  services: { time: 'chrony' },
  paths: {
    nftablesRuleset: '/etc/nftables.conf',
    nologin: '/usr/sbin/nologin',
    caFolders: [
      '/etc/ssl/certs',
      '/etc/ca-certificates',
      '/usr/local/share/ca-certificates',
      '/usr/share/ca-certificates',
    ],
  },
};
