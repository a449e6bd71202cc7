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
  const order: Order = { hosts: [1, 2], until: ['y'] };
  const run = [phase(order), { id: 'y' }];
  const until = { until: ['y'], within: ['x'] };
  expect(turnOf(phase(order), 'cp2', movers, run)).toBeUndefined();
  for (const host of ['cp1', 'w1'])
    expect(turnOf(phase(order), host, movers, run)).toEqual({ ...until, before: ['cp2'] });
  for (const host of ['w2', 'w3'])
    expect(turnOf(phase(order), host, movers, run)).toEqual({ ...until, before: ['cp2', 'cp1', 'w1'] });
});

test('a turn goes to the last of the phases that end it; one that fails in a phase with turns of its own has failed in it', () => {
  const order: Order = { hosts: 'one-by-one', until: ['z', 'y'] };
  const run = [
    { id: 'w' },
    phase(order),
    { id: 'between' },
    { id: 'y', order },
    { id: 'z', order },
    { id: 'later', order },
  ];
  expect(turnOf(phase(order), 'cp1', movers, run)).toEqual({
    until: ['z', 'y'],
    before: ['cp2'],
    within: ['x', 'y', 'z'],
  });
});

test('a phase that is left out of the run is not waited for', () => {
  const one = phase({ hosts: 'one-by-one', until: ['y'] });
  expect(turnOf(one, 'cp1', movers, [one])).toEqual({ until: ['x'], before: ['cp2'], within: ['x'] });
});
