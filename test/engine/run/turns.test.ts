import { expect, test } from 'vitest';
import { turnOf } from '../../../src/engine/run/turns.js';
import type { Order, Phase } from '../../../src/model/phase.js';

const phase = (order?: Order): Phase => ({ id: 'x', order }) as unknown as Phase;
const movers = [
  { name: 'w1', leads: false, isControlPlane: false },
  { name: 'w2', leads: false, isControlPlane: false },
  { name: 'cp1', leads: false, isControlPlane: true },
  { name: 'cp2', leads: true, isControlPlane: true },
  { name: 'w3', leads: false, isControlPlane: false },
];

test('without an order all move together', () => {
  expect(turnOf(phase(), 'w1', movers, [])).toBeUndefined();
});

test('one by one: the leader, then control planes, then workers', () => {
  const before = (host: string): readonly string[] | undefined =>
    turnOf(phase({ hosts: 'one-by-one' }), host, movers, [])?.before;
  expect(before('cp2')).toBeUndefined();
  expect(before('cp1')).toEqual(['cp2']);
  expect(before('w3')).toEqual(['cp2', 'cp1', 'w1', 'w2']);
});

test('in waves, the last size for all that are left', () => {
  const order: Order = { hosts: [1, 2], until: 'y' };
  expect(turnOf(phase(order), 'cp2', movers, ['x', 'y'])).toBeUndefined();
  for (const host of ['cp1', 'w1'])
    expect(turnOf(phase(order), host, movers, ['x', 'y'])).toEqual({ until: 'y', before: ['cp2'] });
  for (const host of ['w2', 'w3'])
    expect(turnOf(phase(order), host, movers, ['x', 'y'])).toEqual({ until: 'y', before: ['cp2', 'cp1', 'w1'] });
});

test('a phase that is left out of the run is not waited for', () => {
  expect(turnOf(phase({ hosts: 'one-by-one', until: 'y' }), 'cp1', movers, ['x'])).toEqual({
    until: 'x',
    before: ['cp2'],
  });
});
