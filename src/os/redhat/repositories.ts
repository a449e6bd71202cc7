import type { PackageMirror } from '../../artifacts/mirror.js';
import { DOCKER, kubernetesPackages } from '../repositories/makers.js';
import type {
  Exchange,
  KnownRepository,
  Repository,
  RepositoryFormat,
  WeakKeys,
  Whereabouts,
} from '../repositories/repository.js';

/** Fingerprints as Docker publishes them (docs.docker.com/engine/install). */
const KNOWN: Readonly<Record<string, (at: Whereabouts) => KnownRepository>> = {
  // Docker makes packages for CentOS, which serve its like, and some for RHEL.
  'docker-ce': ({ os, mirror }) => {
    const distribution = `${DOCKER[mirror]}/${os.id === 'rhel' ? 'rhel' : 'centos'}`;
    return {
      url: `${distribution}/${os.versionId.replace(/\..*$/, '')}/$basearch/stable`,
      keyUrl: `${distribution}/gpg`,
      fingerprint: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
    };
  },
  kubernetes: (at) => kubernetesPackages(at, { folder: 'rpm', key: 'repodata/repomd.xml.key' }),
};

/** Where the last CentOS 7 lies: mirrorlist.centos.org and mirror.centos.org are gone since July 2024. */
const VAULT = 'centos-vault';
const VAULTS: Readonly<Record<PackageMirror, string>> = {
  none: 'vault.centos.org/7.9.2009',
  aliyun: 'mirrors.aliyun.com/centos-vault/7.9.2009',
};

/** The distribution's files name a list of mirrors, and below it, as a comment, an address of its own. */
function exchange(list: string, official: string, by: string, pattern = escaped(official)): Exchange {
  const program = [
    `s,^[[:space:]]*mirrorlist=(https?://${escaped(list)}/),#mirrorlist=\\1,`,
    `s,^#?[[:space:]]*baseurl=(https?)://${pattern}/,baseurl=\\1://${by}/,`,
  ].join('; ');
  return { official, by, program };
}

const escaped = (text: string): string => text.replaceAll(/[.$]/g, '\\$&');

function exchanges(mirror: PackageMirror, names: readonly string[]): Exchange[] {
  const ofSeven =
    mirror === 'none' && !names.includes(VAULT)
      ? []
      : [
          exchange('mirrorlist.centos.org', 'mirror.centos.org/centos/$releasever', VAULTS[mirror]),
          ...(mirror === 'none' ? [] : [exchange('mirrorlist.centos.org', VAULTS.none, VAULTS[mirror])]),
        ];
  if (mirror === 'none') return ofSeven;
  return [
    ...ofSeven,
    exchange(
      'mirrors.rockylinux.org',
      'dl.rockylinux.org/pub/rocky',
      'mirrors.aliyun.com/rockylinux',
      'dl\\.rockylinux\\.org/(\\$contentdir|pub/rocky)',
    ),
    exchange('mirrors.almalinux.org', 'repo.almalinux.org/almalinux', 'mirrors.aliyun.com/almalinux'),
  ];
}

const keyPath = (name: string): string => `/etc/pki/rpm-gpg/RPM-GPG-KEY-kinit-${name}`;

/** As yum.conf(5) and dnf.conf(5) have it; a repository that does not answer is an error. */
function content({ name, url, key }: Repository): string {
  const lines = [
    '# Written by kinit: change the inventory, not this file.',
    `[kinit-${name}]`,
    `name=${name}`,
    `baseurl=${url}`,
    'enabled=1',
    'skip_if_unavailable=0',
    ...(key === undefined ? ['gpgcheck=0', 'repo_gpgcheck=0'] : ['gpgcheck=1', `gpgkey=file://${keyPath(name)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The first release whose policies leave SHA-1 out of signatures. */
const WITHOUT_SHA1 = 9;
/** Policies, and what is added to them, that have it all the same (crypto-policies(7)). */
const WITH_SHA1 = /^LEGACY\b|:SHA1\b/;

function weakKeys({ os, cryptoPolicy }: Parameters<RepositoryFormat['weakKeys']>[0]): WeakKeys | undefined {
  if (cryptoPolicy === undefined || WITH_SHA1.test(cryptoPolicy) || Number.parseInt(os.versionId) < WITHOUT_SHA1)
    return undefined;
  return {
    refusedBy: `the crypto policy ${cryptoPolicy} of ${os.prettyName}`,
    way: `on the host: update-crypto-policies --set ${cryptoPolicy.split(':')[0] ?? cryptoPolicy}:SHA1, and run again.`,
  };
}

export const yumRepositories: RepositoryFormat = {
  entry: 'with url and without suites',
  takes: ({ suites }) => suites === undefined,
  known: KNOWN,
  keyPath,
  weakKeys,
  source: (repository) => ({ path: `/etc/yum.repos.d/kinit-${repository.name}.repo`, content: content(repository) }),
  sources: ['/etc/yum.repos.d/*.repo'],
  exchanges,
  exchanged: [VAULT],
};
