import { expect, test } from 'vitest';
import { blockers } from '../../../src/engine/drain/blockers.js';
import type { KubeObject } from '../../../src/model/api.js';
import { fakeApi } from '../../cluster/fakes.js';

const owned = (kind: string): unknown[] => [{ kind, controller: true, uid: 'x' }];

function cluster(pods: object[], budgets: object[]): ReturnType<typeof fakeApi> {
  const of = (apiVersion: string, kind: string, objects: object[]): KubeObject[] =>
    objects.map((object) => ({ apiVersion, kind, ...object }) as KubeObject);
  return fakeApi([...of('v1', 'Pod', pods), ...of('policy/v1', 'PodDisruptionBudget', budgets)]);
}

test('what holds drains up, stays behind or is lost is told by name', async () => {
  const pod = (name: string, ownerReferences: unknown[], more: object = {}): object => ({
    metadata: { name, namespace: 'shop', ownerReferences },
    spec: {},
    status: { phase: 'Running' },
    ...more,
  });
  const cache = { spec: { volumes: [{ name: 'c', emptyDir: {} }] } };
  const budget = (name: string, disruptionsAllowed: number): object => ({
    metadata: { name, namespace: 'shop' },
    status: { expectedPods: 2, disruptionsAllowed },
  });
  const told = await blockers(
    cluster(
      [
        pod('alone', []),
        pod('web', owned('ReplicaSet'), cache),
        pod('proxy', owned('DaemonSet'), cache),
        pod('done', [], { status: { phase: 'Succeeded' } }),
      ],
      [budget('tight', 0), budget('loose', 1)],
    ),
  );
  expect(told).toEqual([
    expect.stringMatching(/budgets that let no pod go now.*: shop\/tight$/),
    expect.stringMatching(/stay on their nodes.*: shop\/alone$/),
    expect.stringMatching(/emptyDir.*: shop\/web$/),
  ]);
});

test('nothing to say of a cluster in which nothing is in the way', async () => {
  expect(await blockers(cluster([], []))).toEqual([]);
});
