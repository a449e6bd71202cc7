import type { OsFamily, PackageNeed } from './family.js';

/** Package names are the same in Debian 11-13 and Ubuntu 22.04-24.04. */
const PACKAGES: Readonly<Record<PackageNeed, readonly string[]>> = {
  chrony: ['chrony'],
  conntrack: ['conntrack'],
  ethtool: ['ethtool'],
  ipset: ['ipset'],
  iptables: ['iptables'],
  ipvsadm: ['ipvsadm'],
  kmod: ['kmod'],
  nftables: ['nftables'],
  socat: ['socat'],
};

export const debian: OsFamily = {
  id: 'debian',
  packagesFor: (need) => PACKAGES[need],
  releases: [
    { id: 'debian', versionId: '11', name: 'Debian 11' },
    { id: 'debian', versionId: '12', name: 'Debian 12' },
    { id: 'debian', versionId: '13', name: 'Debian 13' },
    { id: 'ubuntu', versionId: '22.04', name: 'Ubuntu 22.04' },
    { id: 'ubuntu', versionId: '24.04', name: 'Ubuntu 24.04' },
  ],
};
