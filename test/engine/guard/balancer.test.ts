import { expect, test } from 'vitest';
import { changedBalancer, withKnownBalancer } from '../../../src/engine/guard/balancer.js';
import { NO_CLUSTER } from '../../../src/engine/guard/cluster.js';
import { makeSpec } from '../../pki/context.js';

const HAS = { ...NO_CLUSTER, options: { 'apiServer.balancer': 'local', 'apiServer.balancerPort': '6444' } };
const said = (apiServer: object, known = HAS): unknown[] =>
  changedBalancer(makeSpec({ apiServer }), known).map(({ option, there, wanted }) => [option, there, wanted]);

test('nodes that reach the API through a balancer keep it, also where the inventory has one control plane again', () => {
  const inventory = { spec: makeSpec(), file: '/inventory.yaml' };
  expect(withKnownBalancer(inventory, HAS).spec.apiServer.balancer).toBe('local');
  expect(withKnownBalancer(inventory, NO_CLUSTER)).toBe(inventory);
});

test('taking it away and another port are refused; without one nothing is', () => {
  expect(said({ balancer: 'none' })).toEqual([['apiServer.balancer', 'local', 'none']]);
  expect(said({ balancer: 'local', balancerPort: 7444 })).toEqual([['apiServer.balancerPort', '6444', '7444']]);
  expect(said({ balancer: 'local' })).toEqual([]);
  expect(
    said(
      { balancer: 'none', balancerPort: 7444 },
      { ...HAS, options: { ...HAS.options, 'apiServer.balancer': 'auto' } },
    ),
  ).toEqual([]);
});
