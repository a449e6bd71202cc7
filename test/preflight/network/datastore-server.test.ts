import { describe, expect, test } from 'vitest';
import type { OutsideLook } from '../../../src/datastore/index.js';
import type { DatastoreLook, EndpointLook } from '../../../src/preflight/network/results.js';
import { factsOf } from '../../facts/facts-of.js';
import { complaints, type Wanted } from '../nodes.js';

const spec = {
  controlPlane: { mode: 'embedded' },
  datastore: 'postgresql',
  datastoreServer: { url: 'postgres://kinit@db.lab.test/kubernetes' },
};
const about = (look: EndpointLook, wanted: Wanted = {}): unknown[] =>
  complaints({ spec, datastoreServer: new Map([['c1', [look]]]), ...wanted }, 'c1')
    .filter(({ name }) => name === 'datastore-server')
    .map(({ status, found }) => `${status}: ${found}`);

test('a control-plane host that does not get to the datastore outside is told before anything is changed', () => {
  expect(about({ name: 'unknown' })).toEqual([
    'error: db.lab.test (datastoreServer.url) does not resolve on this host',
  ]);
  expect(about({ name: 'late' })).toEqual(['error: no answer within 8 s to who db.lab.test is']);
  expect(about({ name: ['10.0.0.9'], connection: 'failed' })).toEqual([
    'error: 10.0.0.9 refuses connections at port 5432, seen from this host',
  ]);
  expect(about({ name: ['10.0.0.9'], connection: 'timeout' })).toEqual([
    'error: 10.0.0.9 does not answer at port 5432, seen from this host',
  ]);
  expect(about({ name: ['10.0.0.9'], connection: 'reached' })).toEqual([]);
});

describe('an etcd outside', () => {
  const external = {
    datastore: 'external-etcd',
    datastoreServer: {
      urls: ['https://10.0.0.21:2379', 'https://10.0.0.22:2379'],
      ...{ caFile: 'ca', certFile: 'crt', keyFile: 'key' },
    },
  };
  const reached = (address: string, said: OutsideLook): DatastoreLook => ({
    name: [address],
    connection: 'reached',
    said,
  });
  const told = (second: DatastoreLook, wanted: Wanted = {}): unknown[] =>
    complaints({
      spec: external,
      datastoreServer: new Map([['c1', [reached('10.0.0.21', { keys: 0 }), second]]]),
      ...wanted,
    })
      .filter(({ name }) => name.startsWith('datastore-'))
      .map(({ name, status, found }) => `${name}: ${status}: ${found}`);

  test('each member is judged by itself, and named', () => {
    expect(told(reached('10.0.0.22', { keys: 0 }))).toEqual([]);
    expect(told({ name: ['10.0.0.22'], connection: 'failed' })).toEqual([
      'datastore-server: error: 10.0.0.22 refuses connections at port 2379, seen from this host',
    ]);
    expect(told(reached('10.0.0.22', { wrong: { found: 'it speaks no TLS', hint: 'x' } }))).toEqual([
      'datastore-server: error: 10.0.0.22:2379: it speaks no TLS',
    ]);
  });

  test('a cluster does not begin on keys of another; one that has its objects there goes on', () => {
    expect(told(reached('10.0.0.22', { keys: 300 }))).toEqual([
      'datastore-contents: error: 300 keys of another cluster, or of an earlier one',
    ]);
    const { kubernetes } = factsOf('c1');
    const manifests = { api: '    - --etcd-servers=https://10.0.0.21:2379\n' };
    expect(
      told(reached('10.0.0.22', { keys: 300 }), { controlPlane: { kubernetes: { ...kubernetes, manifests } } }),
    ).toEqual([]);
  });
});
