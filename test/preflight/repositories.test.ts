import { expect, test } from 'vitest';
import { factsOf } from '../facts/facts-of.js';
import { complaints } from './nodes.js';

const ROCKY = { os: { ...factsOf('c1').os, id: 'rocky', versionId: '9.4', prettyName: 'Rocky Linux 9.4' } };
const DEB = { name: 'site', url: 'https://site.test/apt', suites: ['stable'], keyUrl: 'https://site.test/key' };
const RPM = { name: 'site', url: 'https://site.test/el9', keyUrl: 'https://site.test/key' };

const told = (entry: object, ...hosts: object[]): (string | undefined)[][] =>
  complaints({
    spec: { repositories: [entry] },
    ...(hosts[0] === undefined ? {} : { controlPlane: hosts[0] }),
    ...(hosts[1] === undefined ? {} : { worker: hosts[1] }),
  })
    .filter(({ name }) => name.startsWith('repository'))
    .map(({ name, status, found, minimum, hint }) => [name, status, found, minimum, hint?.split(',')[1]]);

test('a repository that no host can take, for it is of another family, is refused', () => {
  expect(told(DEB, ROCKY, ROCKY)).toEqual([
    [
      'repository-format',
      'error',
      'site, which is for apt and dpkg',
      'one for dnf, yum and rpm',
      ' with url and without suites',
    ],
  ]);
  expect(told(RPM)).toEqual([
    [
      'repository-format',
      'error',
      'site, which is for dnf, yum and rpm',
      'one for apt and dpkg',
      ' with url and suites',
    ],
  ]);
});

test('in a cluster of two families each host takes its own; a repository that is known is for both', () => {
  for (const entry of [DEB, RPM]) expect(told(entry, ROCKY)).toEqual([]);
  expect(told({ name: 'docker-ce', url: 'https://site.test/docker', keyUrl: 'https://site.test/key' })).toEqual([]);
});

test('one that is not checked is told at every run', () => {
  expect(told({ name: 'site', url: 'https://site.test/el9', gpgcheck: false }, ROCKY)).toEqual([
    [
      'repository-unchecked',
      'warning',
      'site, with gpgcheck: false',
      undefined,
      ' which run as root: name its key (keyFile or keyUrl).',
    ],
  ]);
});
