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
  'docker-ce': ({ os, mirror }) => ({
    url: `${DOCKER[mirror]}/${os.id}`,
    suites: [os.codename],
    components: ['stable'],
    keyUrl: `${DOCKER[mirror]}/${os.id}/gpg`,
    fingerprint: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
  }),
  kubernetes: (at) => ({ ...kubernetesPackages(at, { folder: 'deb', key: 'Release.key' }), suites: ['/'] }),
};

/** The mirror lays them out as they do, and a host that has no HTTPS for packages goes on without. */
const OFFICIAL = [
  'deb.debian.org',
  'security.debian.org',
  'archive.ubuntu.com',
  'security.ubuntu.com',
  'ports.ubuntu.com',
];

function exchanged(official: string): Exchange {
  const by = 'mirrors.aliyun.com';
  return { official, by, program: `s,(https?://)${official.replaceAll('.', '\\.')}/,\\1${by}/,g` };
}

/** A source in the form of deb822 (sources.list(5)), which apt of every release reads, with a keyring of its own. */
function content({ url, suites, components, key, name }: Repository): string {
  const lines = [
    '# Written by kinit: change the inventory, not this file.',
    'Types: deb',
    `URIs: ${url}`,
    `Suites: ${suites.join(' ')}`,
    ...(components.length === 0 ? [] : [`Components: ${components.join(' ')}`]),
    key === undefined ? 'Trusted: yes' : `Signed-By: ${keyPath(name)}`,
  ];
  return `${lines.join('\n')}\n`;
}

const keyPath = (name: string): string => `/etc/apt/keyrings/kinit-${name}.asc`;

/** The first release whose apt asks sqv, which takes no SHA-1 since 2026-02-01 (its default policy). */
const SQV = 13;

function weakKeys({ os }: Parameters<RepositoryFormat['weakKeys']>[0]): WeakKeys | undefined {
  if (os.id !== 'debian' || Number(os.versionId) < SQV) return undefined;
  return { refusedBy: `apt of ${os.prettyName} (sqv)` };
}

export const aptSources: RepositoryFormat = {
  entry: 'with url and suites',
  takes: ({ suites }) => suites !== undefined,
  known: KNOWN,
  keyPath,
  weakKeys,
  source: (repository) => ({
    path: `/etc/apt/sources.list.d/kinit-${repository.name}.sources`,
    content: content(repository),
  }),
  sources: ['/etc/apt/sources.list', '/etc/apt/sources.list.d/*.list', '/etc/apt/sources.list.d/*.sources'],
  exchanges: (mirror) => (mirror === 'none' ? [] : OFFICIAL.map(exchanged)),
  exchanged: [],
};
