import { block, file } from '../../resources/index.js';
import type { OsFamily, PackageNeed, Release } from '../os-family.js';
import { modulesLoad } from '../modules-load.js';
import { dnf } from './dnf/index.js';
import { yumRepositories } from './repositories.js';
import { kernels } from './kernel/index.js';

/** The same in releases 7 to 10, or provided under these names: 9 has iptables-nft, which provides iptables. */
const PACKAGES: Readonly<Record<PackageNeed, readonly string[]>> = {
  conntrack: ['conntrack-tools'],
  ethtool: ['ethtool'],
  ipset: ['ipset'],
  iptables: ['iptables'],
  ipvsadm: ['ipvsadm'],
  kmod: ['kmod'],
  nftables: ['nftables'],
  socat: ['socat'],
  time: ['chrony'],
};

/** What release 7 runs besides at boot (rhel-loadmodules), where its guides and people look. */
function sysconfigModules(names: readonly string[]): ReturnType<typeof file> {
  const lines = [
    '#!/bin/sh',
    '# Written by kinit: change the inventory, not this file.',
    ...names.map((name) => `modprobe -- ${name}`),
  ];
  return file({ path: '/etc/sysconfig/modules/kinit.modules', content: `${lines.join('\n')}\n`, mode: 0o755 });
}

/** Tested on emulations of Rocky Linux 9 and CentOS 7 (docs/lab.md): a release counts with all its minor ones. */
export const redhat: OsFamily = {
  id: 'redhat',
  words: ['redhat', 'rhel', 'rocky', 'almalinux', 'centos', 'dnf', 'yum', 'rpm', 'elrepo'],
  distributions: ['rhel', 'centos', 'rocky', 'almalinux'],
  releases: [
    { id: 'centos', versionId: '7', name: 'CentOS 7', oldNft: true, onlyCgroupV1: true },
    // 8 has a newer nft only in its last minor releases.
    ...['8', '9', '10'].flatMap((versionId): Release[] =>
      [
        { id: 'rocky', name: 'Rocky Linux' },
        { id: 'almalinux', name: 'AlmaLinux' },
        { id: 'rhel', name: 'RHEL' },
      ].map(({ id, name }) => ({
        id,
        versionId,
        name: `${name} ${versionId}`,
        ...(versionId === '8' ? { oldNft: true } : {}),
      })),
    ),
    { id: 'centos', versionId: '9', name: 'CentOS Stream 9' },
    { id: 'centos', versionId: '10', name: 'CentOS Stream 10' },
  ],
  packages: dnf,
  repositories: yumRepositories,
  kernels,
  packagesFor: (need) => PACKAGES[need],
  // Its chrony.conf reads no folder of sources (7 and 8; 9 only one under /run).
  timeSources: (lines) => block({ path: '/etc/chrony.conf', name: 'time-servers', content: lines }),
  // Nothing of it restarts services after an installation: needs-restarting only lists, dnf-automatic reboots where it is told to.
  keepRunning: () => [],
  // The policy for containers is a package of its own; without it a runtime that labels them starts none.
  packagesOf: ({ selinux }, spec) =>
    spec.selinux === 'keep' && (selinux === 'enforcing' || selinux === 'permissive') ? ['container-selinux'] : [],
  modulesAtBoot: (names, { versionId }) => [
    modulesLoad(names),
    ...(versionId.split('.')[0] === '7' ? [sysconfigModules(names)] : []),
  ],
  services: { time: 'chronyd' },
  paths: {
    nftablesRuleset: '/etc/sysconfig/nftables.conf',
    nologin: '/usr/sbin/nologin',
    caFolders: ['/etc/ssl/certs', '/etc/pki/tls/certs', '/etc/pki/ca-trust'],
  },
};
