import { expect, test } from 'vitest';
import { NO_CLUSTER, type KnownCluster } from '../../../src/engine/guard/cluster.js';
import { changedVirtualAddress, endpointFollows } from '../../../src/engine/guard/virtual-address.js';
import { withVirtualAddress } from '../../../src/control-plane/index.js';
import { makeSpec } from '../../pki/context.js';

const ADDRESS = 'apiServer.virtualAddress.address';
const virtualAddress = { address: '10.0.0.100' };
const without: KnownCluster = {
  ...NO_CLUSTER,
  exists: true,
  endpoint: '10.0.0.1:6443',
  options: { [ADDRESS]: null, 'apiServer.endpoint': null },
};
const has = { ...without, endpoint: '10.0.0.100:6443', options: { [ADDRESS]: '10.0.0.100' } };
const said = (apiServer: object, known: KnownCluster): unknown[] =>
  changedVirtualAddress(withVirtualAddress(makeSpec({ apiServer })), known).map(({ there, wanted, todo }) => [
    there,
    wanted,
    todo.split(/[:.]/)[0],
  ]);

test('it comes to a running cluster whose nodes have a balancer, or get one', () => {
  expect(said({ virtualAddress, balancer: 'local' }, without)).toEqual([]);
  const balanced = { ...without, options: { ...without.options, 'apiServer.balancer': 'local' } };
  expect(said({ virtualAddress }, balanced)).toEqual([]);
  expect(said({ virtualAddress, balancer: 'none' }, without)).toEqual([['none', '10.0.0.100', 'Set apiServer']]);
});

test('a name that was given stays the endpoint; another address that was given is in the way', () => {
  const known = {
    ...without,
    endpoint: 'api.example:6443',
    options: { [ADDRESS]: null, 'apiServer.endpoint': 'api.example:6443' },
  };
  expect(said({ virtualAddress, endpoint: 'api.example:6443' }, known)).toEqual([]);
  expect(said({ virtualAddress, balancer: 'local' }, known)).toEqual([['none', '10.0.0.100', 'Keep apiServer']]);
});

test('one that is there stays: another one, and none, are refused once, and nothing is said of what follows', () => {
  expect(said({ virtualAddress }, has)).toEqual([]);
  expect(said({ virtualAddress: { address: '10.0.0.101' } }, has)).toEqual([
    ['10.0.0.100', '10.0.0.101', 'Set apiServer'],
  ]);
  expect(said({}, has)).toEqual([['10.0.0.100', 'none', 'Set apiServer']]);
  expect(endpointFollows(makeSpec({}), has)).toBe(true);
  expect(endpointFollows(makeSpec({}), without)).toBe(false);
});
