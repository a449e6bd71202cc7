import { expect, test } from 'vitest';
import { defined } from '../../../src/model/defined.js';
import type { HostFacts } from '../../../src/model/facts.js';
import { FAMILIES, osOf, repositoryOrigins, repositoryResources } from '../../../src/os/index.js';
import { makeContext } from '../../templates/context.js';

const ROCKY: HostFacts['os'] = {
  id: 'rocky',
  versionId: '9.4',
  codename: '',
  prettyName: 'Rocky Linux 9.4',
  like: ['rhel'],
};

/** Files that a host gets, and the rest by kind. */
function resources(
  options: Record<string, unknown>,
  os?: HostFacts['os'],
  keys: Record<string, string> = {},
): {
  files: Record<string, string>;
  others: string[];
} {
  const context = makeContext(options, { repositoryKeys: keys });
  const facts = os === undefined ? context.node.facts : { ...context.node.facts, os };
  const all = repositoryResources(osOf(facts), { ...context, node: { ...context.node, facts } });
  return {
    files: Object.fromEntries(
      all.flatMap((each) => ('path' in each && 'content' in each ? [[each.path, each.content]] : [])),
    ),
    others: all.filter(({ kind }) => kind !== 'file').map(({ id }) => id),
  };
}

test('one that is known needs its name only: address, suite and key of this release', () => {
  const { files, others } = resources({ repositories: [{ name: 'docker-ce' }, { name: 'kubernetes' }] });
  expect(files['/etc/apt/sources.list.d/kinit-docker-ce.sources']).toBe(
    [
      '# Written by kinit: change the inventory, not this file.',
      'Types: deb',
      'URIs: https://download.docker.com/linux/debian',
      'Suites: bookworm',
      'Components: stable',
      'Signed-By: /etc/apt/keyrings/kinit-docker-ce.asc',
      '',
    ].join('\n'),
  );
  expect(files['/etc/apt/sources.list.d/kinit-kubernetes.sources']).toContain(
    'URIs: https://pkgs.k8s.io/core:/stable:/v1.36/deb/\nSuites: /\nSigned-By',
  );
  expect(others).toEqual([
    'repository-key:docker-ce',
    'repository-lists:docker-ce',
    'repository-key:kubernetes',
    'repository-lists:kubernetes',
  ]);
});

test('the same names on the other family', () => {
  const { files } = resources({ repositories: [{ name: 'docker-ce' }] }, ROCKY);
  expect(files['/etc/yum.repos.d/kinit-docker-ce.repo']).toBe(
    [
      '# Written by kinit: change the inventory, not this file.',
      '[kinit-docker-ce]',
      'name=docker-ce',
      'baseurl=https://download.docker.com/linux/centos/9/$basearch/stable',
      'enabled=1',
      'skip_if_unavailable=0',
      'gpgcheck=1',
      'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-kinit-docker-ce',
      '',
    ].join('\n'),
  );
});

test('one of the own goes to the hosts of its format; unchecked only when the inventory says so', () => {
  const repositories = [
    { name: 'deb', url: 'https://x.example/deb', suites: ['stable'], keyFile: 'k' },
    { name: 'rpm', url: 'https://x.example/rpm', gpgcheck: false },
  ];
  const there = resources({ repositories }, undefined, { deb: 'KEY' });
  expect(Object.keys(there.files)).toEqual(['/etc/apt/sources.list.d/kinit-deb.sources']);
  expect(there.files['/etc/apt/sources.list.d/kinit-deb.sources']).toContain('Components: main\nSigned-By:');
  const here = resources({ repositories }, ROCKY);
  expect(here.files['/etc/yum.repos.d/kinit-rpm.repo']).toContain('gpgcheck=0');
  expect(here.others).toEqual(['repository-lists:rpm']);
});

test('mirrors: cn takes known ones and those of the distribution from the mirror; each by itself', () => {
  const cn = resources({ mirrors: 'cn', repositories: [{ name: 'docker-ce' }] });
  expect(cn.files['/etc/apt/sources.list.d/kinit-docker-ce.sources']).toContain(
    'https://mirrors.aliyun.com/docker-ce/linux/debian',
  );
  expect(cn.others[0]).toBe('repository-addresses:distribution');
  expect(resources({ mirrors: 'cn', artifacts: { packageMirror: 'none' } }).others).toEqual([]);
  expect(resources({ artifacts: { packageMirror: 'aliyun' } }).others).toEqual(['repository-addresses:distribution']);
});

test('every address is listed, as it is called and where it is had from; nobody is asked', () => {
  const { spec } = makeContext({
    mirrors: 'cn',
    repositories: [{ name: 'docker-ce' }, { name: 'own', url: 'https://x.example/', gpgcheck: false }],
  });
  const rows = repositoryOrigins(FAMILIES, spec);
  expect(rows).toContainEqual({
    kind: 'key',
    official: 'https://download.docker.com/linux/ubuntu/gpg',
    from: 'https://mirrors.aliyun.com/docker-ce/linux/ubuntu/gpg',
  });
  expect(rows).toContainEqual({ kind: 'repository', official: 'deb.debian.org', from: 'mirrors.aliyun.com' });
  expect(rows).toContainEqual({ kind: 'repository', official: 'https://x.example/', from: 'https://x.example/' });
  expect(repositoryOrigins(FAMILIES, makeContext().spec)).toEqual([]);
});

test.each([
  ['debian', '12', undefined, undefined],
  ['debian', '13', undefined, 'apt of debian 13 (sqv)'],
  ['ubuntu', '24.04', undefined, undefined],
  ['rocky', '8.10', 'DEFAULT', undefined],
  ['rocky', '9.4', undefined, undefined],
  ['rocky', '9.4', 'DEFAULT', 'the crypto policy DEFAULT of rocky 9.4'],
  ['rhel', '10.0', 'FUTURE', 'the crypto policy FUTURE of rhel 10.0'],
  ['centos', '9', 'DEFAULT:SHA1', undefined],
  ['centos', '9', 'LEGACY', undefined],
])(
  '%s %s with crypto policy %s: a key that vouches for itself by SHA-1 is refused by %s',
  (id, versionId, cryptoPolicy, refusedBy) => {
    const os: HostFacts['os'] = {
      id,
      versionId,
      codename: '',
      prettyName: `${id} ${versionId}`,
      like: id === 'rocky' ? ['rhel'] : [],
    };
    const { repositories } = osOf({ ...makeContext({}).node.facts, os });
    expect(repositories.weakKeys({ os, ...defined({ cryptoPolicy }) })?.refusedBy).toBe(refusedBy);
  },
);
