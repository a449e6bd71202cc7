import { expect, test } from 'vitest';
import { placed } from '../../../src/engine/datastore/places.js';
import { RECORD_VERSION, type ClusterRecord } from '../../../src/model/record.js';

const record = (address: string, more: Partial<ClusterRecord> = {}): ClusterRecord => ({
  version: RECORD_VERSION,
  kinit: '0.1.0',
  kubernetes: '1.36.3',
  clusterId: address,
  options: { 'network.podCIDR': '10.244.0.0/16' },
  decisions: { endpoint: `${address}:6443`, proxyMode: address },
  nodes: { a: { address, controlPlane: true, machineId: address } },
  datastore: { kind: 'some', members: { a: address } },
  addOns: {},
  moves: [],
  ...more,
});

test('what came back keeps what the cluster is, and gets where it is now', () => {
  const then = record('10.0.0.1', { kubernetes: '1.35.6' });
  const now = record('10.0.0.2');
  expect(placed(then, now)).toEqual({
    ...then,
    kubernetes: '1.36.3',
    nodes: now.nodes,
    datastore: now.datastore,
    decisions: { ...then.decisions, endpoint: '10.0.0.2:6443' },
  });
});

test('an endpoint that the inventory gave stays out of the decisions', () => {
  expect(placed(record('10.0.0.1', { decisions: {} }), record('10.0.0.2', { decisions: {} })).decisions).toEqual({});
});
