import { expect, test } from 'vitest';
import { removeStaleNode } from '../../../src/cluster/node/stale.js';
import type { KubeObject } from '../../../src/model/api.js';
import { failure, fakeApi, fakeTools, node } from '../fakes.js';

const lease = (renewTime: string): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'a', namespace: 'kube-node-lease' },
  spec: { renewTime },
});

test('no Node of that name: nothing is done', async () => {
  const api = fakeApi();
  expect(await removeStaleNode(api, 'a', fakeTools())).toBe(false);
  expect(api.calls).toEqual([]);
});

test('a Node that is still Ready but whose lease stands still is left over', async () => {
  const api = fakeApi([node('a'), lease('2026-05-01T10:00:00Z')]);
  expect(await removeStaleNode(api, 'a', { ...fakeTools(), watchSeconds: 0.05 })).toBe(true);
  expect(api.calls).toEqual(['delete Node/a']);
});

test('a Node whose lease moves, whatever the clocks say, is another machine and stays', async () => {
  const api = fakeApi([node('a'), lease('1999-01-01T00:00:00Z')]);
  const later = setTimeout(() => void api.apply(lease('1999-01-01T00:00:10Z')), 20);
  const error = await failure(removeStaleNode(api, 'a', { ...fakeTools(), watchSeconds: 2 }));
  clearTimeout(later);
  expect(error.context).toMatchObject({ class: 'preflight', found: expect.stringContaining('machine-a') as string });
  expect(api.objects.has('Node /a')).toBe(true);
});
