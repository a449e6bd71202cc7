import { expect, test } from 'vitest';
import { balancerMembers, balancerOf, withBalancer } from '../../src/control-plane/index.js';
import { BALANCER_HOST, nodeEndpoint } from '../../src/model/seams/node-endpoint.js';
import { makeSpec } from '../pki/context.js';
import { makeContext } from '../templates/context.js';

const host = (number: number, role: string): object => ({
  name: `n${String(number)}`,
  address: `10.77.0.1${String(number)}`,
  roles: [role],
});
const ONE = [host(1, 'control-plane'), host(2, 'worker')];
const TWO = [host(1, 'control-plane'), host(2, 'control-plane')];

test.each([
  ['static pods, one control plane: it would cost more than it gives', { hosts: ONE }, 'auto'],
  ['static pods, two', { hosts: TWO }, 'local'],
  ['embedded, one: it costs nothing', { hosts: ONE, controlPlane: { mode: 'embedded' } }, 'local'],
  ['somebody has one outside', { hosts: TWO, apiServer: { endpoint: 'api.example:6443' } }, 'auto'],
  ['none wanted', { hosts: TWO, apiServer: { balancer: 'none' } }, 'none'],
  ['wanted with one', { hosts: ONE, apiServer: { balancer: 'local' } }, 'local'],
])('%s', (_title, inventory, balancer) => {
  const spec = withBalancer(makeSpec(inventory));
  expect(spec.apiServer.balancer).toBe(balancer);
  expect(balancerOf(spec) === undefined).toBe(balancer !== 'local');
  expect(nodeEndpoint({ spec, endpoint: '10.77.0.11:6443' })).toBe(
    balancer === 'local' ? `${BALANCER_HOST}:6444` : '10.77.0.11:6443',
  );
});

test('before anything is recorded its members are those of the inventory', () => {
  const context = makeContext({ apiServer: { balancer: 'local' } }, { members: {} });
  expect(balancerMembers(context)).toEqual([{ name: 'n1', address: '10.77.0.11:6443' }]);
});
