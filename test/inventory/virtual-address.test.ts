import { expect, test } from 'vitest';
import { withBalancer, withDatastore, withVirtualAddress } from '../../src/control-plane/index.js';
import { formatPath } from '../../src/inventory/problem.js';
import { virtualAddressRules } from '../../src/inventory/rules/virtual-address.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import type { Spec } from '../../src/model/spec.js';

const hosts = (...addresses: string[]): object[] =>
  addresses.map((address, i) => ({ name: `c${String(i + 1)}`, address, roles: ['control-plane'] }));

function read(apiServer: object, more: object = {}): Spec {
  return withBalancer(
    withVirtualAddress(withDatastore(specSchema.parse({ hosts: hosts('10.0.0.1', '10.0.0.2'), apiServer, ...more }))),
  );
}

function said(apiServer: object, more: object = {}): string[] {
  const spec = read(apiServer, more);
  return virtualAddressRules
    .flatMap((rule) => rule.check(spec))
    .map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

const virtualAddress = { address: '10.0.0.100' };

test('it is the endpoint, and nodes have their balancer all the same', () => {
  expect(read({ virtualAddress }).apiServer).toMatchObject({ endpoint: '10.0.0.100:6443', balancer: 'local' });
  expect(read({ virtualAddress }, { hosts: hosts('10.0.0.1') }).apiServer.balancer).toBe('auto');
  expect(read({ virtualAddress: { address: 'fd00::9' } }, { hosts: hosts('fd00::1') }).apiServer.endpoint).toBe(
    '[fd00::9]:6443',
  );
  expect(read({ endpoint: 'lb.example:6443' }).apiServer.balancer).toBe('auto');
});

test('an endpoint beside it is a name that may lead there, with its port', () => {
  expect(said({ virtualAddress })).toEqual([]);
  expect(said({ virtualAddress, endpoint: 'api.example:6443' })).toEqual([]);
  expect(said({ virtualAddress, endpoint: '10.0.0.100:6443' })).toEqual([]);
  const refused = [
    expect.stringMatching(/^apiServer.endpoint: is not the virtual address, which is 10.0.0.100:6443/) as string,
  ];
  expect(said({ virtualAddress, endpoint: '10.0.0.101:6443' })).toEqual(refused);
  expect(said({ virtualAddress, endpoint: 'api.example:443' })).toEqual(refused);
});

test('it is the address of no host, of the family of theirs, and the API server listens at it', () => {
  expect(said({ virtualAddress: { address: '10.0.0.2' } })).toEqual([
    "apiServer.virtualAddress.address: is the address of c2; give a free one of the control planes' network",
  ]);
  expect(said({ virtualAddress: { address: 'fd00::9' } })).toEqual([
    'apiServer.virtualAddress.address: is an IPv6 address, and c1 is a node by an IPv4 address',
  ]);
  expect(said({ virtualAddress: { address: 'fd00::9' } }, { ipv6: 'off', hosts: hosts('fd00::1') })).toEqual([
    'apiServer.virtualAddress.address: is an IPv6 address, and ipv6: off turns that off',
  ]);
  expect(said({ virtualAddress, extraArgs: { 'bind-address': '10.0.0.1' } })).toHaveLength(1);
  expect(said({ virtualAddress, extraArgs: { 'bind-address': '0.0.0.0' } })).toEqual([]);
});
