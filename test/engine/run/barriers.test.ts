import { expect, test } from 'vitest';
import { barriers } from '../../../src/engine/run/barriers.js';

test('a phase waits until every host is through with it', async () => {
  const waits = barriers(['pki'], ['a', 'b']);
  const order: string[] = [];
  const waiting = waits.wait('pki').then(() => order.push('woken'));
  waits.settle('pki', 'a', 'done');
  await Promise.resolve();
  order.push('b settles');
  waits.settle('pki', 'b', 'done');
  await waiting;
  expect(order).toEqual(['b settles', 'woken']);
});

test('a host that failed does not hold the others up, and is named', async () => {
  const waits = barriers(['pki'], ['a', 'b']);
  waits.settle('pki', 'a', 'failed');
  waits.settle('pki', 'b', 'done');
  expect(await waits.wait('pki')).toEqual(['a']);
});

test('the first word counts: done stays done when the pipeline fails later', async () => {
  const waits = barriers(['pki'], ['a']);
  waits.settle('pki', 'a', 'done');
  waits.settle('pki', 'a', 'failed');
  expect(await waits.wait('pki')).toEqual([]);
});

test('a phase that is skipped in this run holds nobody up', async () => {
  const waits = barriers(['pki'], ['a']);
  expect(await waits.wait('join')).toEqual([]);
});

test('a host waits for some of the others only, and is told which of them failed', async () => {
  const waits = barriers(['etcd'], ['a', 'b', 'c']);
  waits.begin('etcd', 'a');
  const waiting = waits.wait('etcd', ['a']);
  waits.settle('etcd', 'a', 'failed');
  expect(await waiting).toEqual(['a']);
  expect([waits.hasBegun('etcd', 'a'), waits.hasBegun('etcd', 'b')]).toEqual([true, false]);
  expect(waits.pending('etcd')).toEqual(['b', 'c']);
});
