import { expect, test } from 'vitest';
import type { EndpointLook } from '../../../src/preflight/network/results.js';
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
