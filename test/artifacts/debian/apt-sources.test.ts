import { expect, test } from 'vitest';
import { acquireSettings, hostSources, sourcesOfSuite } from '../../../src/artifacts/debian/apt-sources.js';

const stanza = (uri: string, suites: string, more = ''): string =>
  `Types: deb\n# a comment\nURIs: ${uri}\nSuites: ${suites}\nComponents: main contrib\n${more}`;
const uris = (text: string): string[] => text.match(/^URIs: .*|^Suites: .*/gm) ?? [];

test("hosts use the machine's own mirrors", () => {
  const text =
    stanza(
      'http://mirror.test/debian',
      'bookworm bookworm-updates bookworm-backports',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
    ) +
    '\n' +
    stanza('http://mirror.test/security', 'bookworm-security');
  expect(uris(hostSources([{ path: 'debian.sources', text }], 'bookworm'))).toEqual([
    'URIs: http://mirror.test/debian',
    'Suites: bookworm bookworm-updates',
    'URIs: http://mirror.test/security',
    'Suites: bookworm-security',
  ]);
});

test('a machine with a newer Debian gives its mirror, but the release is that of the hosts', () => {
  const text =
    'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.test/debian trixie main # here\ndeb-src http://mirror.test/debian trixie main\n';
  expect(uris(hostSources([{ path: 'sources.list', text }], 'trixie'))).toEqual([
    'URIs: http://mirror.test/debian',
    'Suites: bookworm',
  ]);
});

test('third-party and disabled archives are left out', () => {
  const text = [
    stanza('https://vendor.test', 'bookworm', 'Signed-By: /etc/apt/keyrings/vendor.gpg\n'),
    stanza('https://off.test', 'bookworm', 'Enabled: no\n'),
    stanza('https://own.test', 'nodistro'),
    stanza('http://good.test', 'bookworm'),
  ].join('\n');
  expect(
    uris(
      hostSources(
        [
          { path: 'a.sources', text },
          { path: 'b.list', text: 'deb https://vendor.test bookworm stable\n' },
        ],
        'bookworm',
      ),
    ),
  ).toEqual(['URIs: http://good.test', 'Suites: bookworm']);
});

test('a machine that is not Debian, or names no archive, gets the official mirrors', () => {
  const official = [
    'URIs: http://deb.debian.org/debian',
    'Suites: bookworm bookworm-updates',
    'URIs: http://deb.debian.org/debian-security',
    'Suites: bookworm-security',
  ];
  expect(uris(hostSources([{ path: 'sources.list', text: 'deb http://ubuntu.test noble main\n' }], undefined))).toEqual(
    official,
  );
  expect(uris(hostSources([], 'bookworm'))).toEqual(official);
});

test('how archives are reached goes along; indexes and empty settings do not', () => {
  const dump =
    'APT "";\nAcquire "";\nAcquire::http::Proxy "http://proxy.test:3128";\nAcquire::Check-Valid-Until "false";\nAcquire::IndexTargets::deb::Packages "x";\nAcquire::https::Verify-Peer "";\nAcquire::Retries "3";\nAcquire::Languages:: "none";\n';
  expect(acquireSettings(dump)).toEqual([
    'Acquire::http::Proxy "http://proxy.test:3128";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Retries "3";',
  ]);
});

test('a proxy of the environment is added where apt has none of its own', () => {
  const environment = { http_proxy: 'http://env.test', https_proxy: 'http://env.test' };
  expect(acquireSettings('Acquire::http::Proxy "http://own.test";\n', environment)).toEqual([
    'Acquire::http::Proxy "http://own.test";',
    'Acquire::https::Proxy "http://env.test";',
  ]);
});

test('another release comes from the same mirrors, without those that have only updates of this one', () => {
  const sources = hostSources(
    [
      {
        path: 'sources.list',
        text: [
          'deb http://mirror.test/debian bookworm main',
          'deb http://mirror.test/debian bookworm-updates main',
          'deb http://mirror.test/security bookworm-security main',
        ].join('\n'),
      },
    ],
    'bookworm',
  );
  expect(uris(sourcesOfSuite(sources, 'forky'))).toEqual(['URIs: http://mirror.test/debian', 'Suites: forky']);
});
