import { expect, test } from 'vitest';
import { leaveCluster } from '../../../src/engine/reset/leave.js';
import type { ClusterAccess } from '../../../src/engine/api/access.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import type { Emit } from '../../../src/model/event.js';
import { fakeApi, node, type FakeApi } from '../../cluster/fakes.js';

const HOST = { spec: { name: 'cp2' }, facts: { kubernetes: { membership: 'member' } } } as unknown as LiveHost;

/** A node that is drained already, with all that has been asked of its API. */
function cluster(): FakeApi {
  const there = node('cp2', true, { spec: { unschedulable: true } });
  return fakeApi([there], {
    'GET /api/v1/pods?fieldSelector=spec.nodeName%3Dcp2': () => ({ status: 200, body: { items: [] } }),
  });
}

function work(): { emit: Emit; signal: AbortSignal; told: string[] } {
  const told: string[] = [];
  const emit: Emit = (event) => void (event.type === 'warning' && told.push(event.text));
  return { emit, signal: new AbortController().signal, told };
}

const through = (api: FakeApi): ClusterAccess => ({ api: () => Promise.resolve(api) }) as unknown as ClusterAccess;

test('the node object goes after the member of the datastore has', async () => {
  const api = cluster();
  const there: boolean[] = [];
  const leaves = (): Promise<void> => Promise.resolve(void there.push(api.objects.has('Node /cp2')));
  expect(await leaveCluster(HOST, through(api), work(), leaves)).toBe('left');
  expect(there).toEqual([true]);
  expect(api.objects.has('Node /cp2')).toBe(false);
});

test('a datastore that does not let it go leaves the node where it is', async () => {
  const api = cluster();
  const refuses = (): Promise<void> => Promise.reject(new Error('no quorum'));
  await expect(leaveCluster(HOST, through(api), work(), refuses)).rejects.toThrow('no quorum');
  expect(api.objects.has('Node /cp2')).toBe(true);
});

test('without an API it leaves the datastore all the same, and is told of its node once', async () => {
  const { told, ...rest } = work();
  let left = 0;
  expect(await leaveCluster(HOST, undefined, rest, () => Promise.resolve(void (left += 1)))).toBe('told');
  expect(left).toBe(1);
  expect(told).toEqual([expect.stringContaining('kubectl delete node cp2')]);
});
