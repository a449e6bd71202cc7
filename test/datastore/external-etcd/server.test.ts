import { expect, test } from 'vitest';
import { begunOn, endpointText, placeOf, wrongServer } from '../../../src/datastore/external-etcd/server.js';
import type { DatastoreServer } from '../../../src/datastore/outside-datastore.js';

const GOOD = { urls: ['https://10.0.0.21:2379'], caFile: 'ca', certFile: 'c', keyFile: 'k' };
const wrong = (server: Partial<DatastoreServer>): string[] =>
  wrongServer({ ...GOOD, ...server }).map(({ path = [], message }) => `${path.join('.')}: ${message}`);

test.each<[string, Partial<DatastoreServer>, RegExp | undefined]>([
  ['one that is right', {}, undefined],
  ['one url', { urls: undefined, url: 'https://etcd.test' }, undefined],
  ['five members', { urls: [1, 2, 3, 4, 5].map((n) => `https://10.0.0.${String(n)}:2379`) }, undefined],
  ['six', { urls: [1, 2, 3, 4, 5, 6].map((n) => `https://10.0.0.${String(n)}:2379`) }, /^urls: names more than 5/],
  ['no place', { urls: undefined }, /^: it has to be known where it is/],
  ['both', { url: 'https://10.0.0.9:2379' }, /^url: stands beside urls/],
  ['the same twice', { urls: ['https://10.0.0.1:2379', 'https://10.0.0.1:2379'] }, /^urls\.1: stands here twice/],
  ['no TLS', { urls: ['http://10.0.0.1:2379'] }, /^urls\.0: must begin with https:/],
  ['another scheme', { urls: ['postgres://10.0.0.1:2379'] }, /^urls\.0: must look like https:\/\/HOST:2379/],
  ['no URL', { urls: ['10.0.0.1:2379'] }, /^urls\.0: must look like/],
  ['a path', { urls: ['https://10.0.0.1:2379/v3'] }, /^urls\.0: must look like/],
  ['a list in one', { urls: ['https://10.0.0.1:2379,https://10.0.0.2:2379'] }, /^urls\.0: must look like/],
  ['a password', { urls: ['https://root:s3cret@10.0.0.1:2379'] }, /^urls\.0: must hold no user and no password/],
  ['a password elsewhere', { passwordEnv: 'P' }, /^passwordEnv: API servers have no password/],
  ['no CA', { caFile: undefined }, /^: needs caFile/],
  ['no certificate', { certFile: undefined, keyFile: undefined }, /^: needs certFile and keyFile/],
  ['a prefix', { prefix: '/clusters/one' }, undefined],
  ['a prefix without a slash', { prefix: 'one' }, /^prefix: must look like/],
  ['a prefix that ends with one', { prefix: '/one/' }, /^prefix: must look like/],
])('%s', (_name, server, expected) => {
  const said = wrong(server);
  if (expected === undefined) expect(said).toEqual([]);
  else expect(said).toEqual([expect.stringMatching(expected)]);
  expect(said.join()).not.toContain('s3cret');
});

test('where nothing is said it is the port of etcd', () => {
  expect(placeOf('https://etcd.test')).toEqual({ host: 'etcd.test', port: 2379 });
  expect(placeOf('https://etcd.test:443/')).toEqual({ host: 'etcd.test', port: 443 });
  expect(endpointText('https://[fd00::1]')).toBe('https://[fd00::1]:2379');
});

test('a host has begun with it where its API server is at one of the members, below the same prefix', () => {
  const begun = (flags: string[], server: Partial<DatastoreServer> = {}): boolean =>
    begunOn(
      { ...GOOD, ...server },
      {
        kubernetes: {
          membership: 'member',
          kubeletActive: true,
          pki: {},
          journal: true,
          made: true,
          manifests: { file: flags.map((flag) => `    - ${flag}\n`).join('') },
        },
      },
    );
  const servers = '--etcd-servers=https://10.0.0.20:2379,https://10.0.0.21:2379';
  expect(begun([servers])).toBe(true);
  expect(begun(['"--etcd-servers=https://10.0.0.21:2379"'])).toBe(true);
  expect(begun([servers], { prefix: '/two' })).toBe(false);
  expect(begun([servers, '--etcd-prefix=/two'], { prefix: '/two' })).toBe(true);
  expect(begun([servers, '--etcd-prefix=/two'])).toBe(false);
  expect(begun(['--etcd-servers=https://10.0.0.99:2379'])).toBe(false);
  expect(begun([])).toBe(false);
});
