import { expect, test } from 'vitest';
import { blockers, type Blocker } from '../../../src/engine/drain/blockers.js';
import { tellBlockers } from '../../../src/engine/drain/foresee.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { KinitEvent } from '../../../src/model/event.js';
import { fakeApi } from '../../cluster/fakes.js';

const owned = (kind: string): unknown[] => [{ kind, controller: true, uid: 'x' }];

function cluster(pods: object[], budgets: object[]): ReturnType<typeof fakeApi> {
  const of = (apiVersion: string, kind: string, objects: object[]): KubeObject[] =>
    objects.map((object) => ({ apiVersion, kind, ...object }) as KubeObject);
  return fakeApi([...of('v1', 'Pod', pods), ...of('policy/v1', 'PodDisruptionBudget', budgets)]);
}

const pod = (name: string, ownerReferences: unknown[], more: object = {}, labels: object = {}): object => ({
  metadata: { name, namespace: 'shop', ownerReferences, labels },
  spec: {},
  status: { phase: 'Running' },
  ...more,
});
const on = (nodeName: string, ...volumes: object[]): object => ({ spec: { nodeName, volumes } });
const CACHE = { name: 'c', emptyDir: {} };
const budget = (name: string, disruptionsAllowed: number, app?: string): object => ({
  metadata: { name, namespace: 'shop' },
  spec: app === undefined ? {} : { selector: { matchLabels: { app } } },
  status: { expectedPods: 2, disruptionsAllowed },
});
const shown = (told: readonly Blocker[]): string[] => told.map(({ what, names }) => `${what}: ${names.join(', ')}`);

test('what holds drains up, stays behind or is lost is told by name', async () => {
  const told = await blockers(
    cluster(
      [
        pod('alone', []),
        pod('web', owned('ReplicaSet'), on('a', CACHE)),
        pod('proxy', owned('DaemonSet'), on('a', CACHE)),
        pod('done', [], { status: { phase: 'Succeeded' } }),
      ],
      [budget('tight', 0), budget('loose', 1)],
    ),
    'stay',
  );
  expect(shown(told)).toEqual([
    expect.stringMatching(/budgets that let no pod go now.*: shop\/tight$/),
    expect.stringMatching(/stay on their nodes.*: shop\/alone$/),
    expect.stringMatching(/emptyDir.*: shop\/web$/),
  ]);
});

test('data that only one node has are told, also behind a claim', async () => {
  const claim = (name: string) => ({ name: 'd', persistentVolumeClaim: { claimName: name } });
  const of = (kind: string, objects: object[]): KubeObject[] =>
    objects.map((object) => ({ apiVersion: 'v1', kind, ...object }) as KubeObject);
  const host = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] };
  const zone = { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['z'] }] };
  const affinity = (term: object): object => ({ required: { nodeSelectorTerms: [term] } });
  const volume = (name: string, spec: object): object[] => [{ metadata: { name }, spec }];
  const bound = (name: string, volumeName: string): object[] => [
    { metadata: { name, namespace: 'shop' }, spec: { volumeName } },
  ];
  const api = fakeApi([
    ...of('Pod', [
      pod('local', owned('StatefulSet'), on('a', claim('l'))),
      pod('driver', owned('StatefulSet'), on('a', { name: 'x', ephemeral: {} })),
      pod('zonal', owned('StatefulSet'), on('a', claim('z'))),
      pod('folder', owned('ReplicaSet'), on('a', { name: 'h', hostPath: { path: '/x' } })),
      pod('claimed', owned('ReplicaSet'), on('a', claim('h'))),
    ]),
    ...of('PersistentVolumeClaim', [
      ...bound('l', 'pl'),
      ...bound('driver-x', 'pd'),
      ...bound('z', 'pz'),
      ...bound('h', 'ph'),
    ]),
    ...of('PersistentVolume', [
      ...volume('pl', { local: { path: '/d' }, nodeAffinity: affinity(host) }),
      ...volume('pd', { csi: {}, nodeAffinity: affinity(host) }),
      ...volume('pz', { csi: {}, nodeAffinity: affinity(zone) }),
      ...volume('ph', { hostPath: { path: '/y' } }),
    ]),
  ]);
  expect(shown(await blockers(api, 'stay'))).toEqual([
    expect.stringMatching(/Pending from their drain until it is back: shop\/local, shop\/driver$/),
    expect.stringMatching(/hostPath.*: shop\/folder, shop\/claimed$/),
  ]);
});

test('of nodes that leave: what is on them, what is gone with them, and the budgets that hold just that', async () => {
  const pods = [
    pod('alone', [], on('a', CACHE)),
    pod('web', owned('ReplicaSet'), on('a'), { app: 'web' }),
    pod('other', [], on('b', CACHE), { app: 'other' }),
  ];
  const in_ = { key: 'app', operator: 'In', values: ['web'] };
  const byExpression = { ...budget('expression', 0), spec: { selector: { matchExpressions: [in_] } } };
  const notIn = {
    ...budget('not', 0),
    spec: {
      selector: {
        matchExpressions: [
          { ...in_, operator: 'NotIn' },
          { key: 'app', operator: 'Exists' },
        ],
      },
    },
  };
  const budgets = [budget('web', 0, 'web'), budget('other', 0, 'other'), budget('nothing', 0), byExpression, notIn];
  expect(shown(await blockers(cluster(pods, budgets), 'leave', ['a']))).toEqual([
    expect.stringMatching(/deleted all the same.*: shop\/web, shop\/expression$/),
    expect.stringMatching(/gone with their node: shop\/alone$/),
    expect.stringMatching(/emptyDir.*: shop\/alone$/),
  ]);
});

test('nothing to say of a cluster in which nothing is in the way', async () => {
  expect(await blockers(cluster([], []), 'stay')).toEqual([]);
});

test('a screen has the first few names, the event all', async () => {
  const pods = Array.from({ length: 6 }, (_, index) => pod(`p${String(index)}`, []));
  const events: KinitEvent[] = [];
  await tellBlockers(cluster(pods, []), (event) => void events.push(event));
  expect(events).toEqual([
    expect.objectContaining({
      text: expect.stringMatching(/: shop\/p0, shop\/p1, shop\/p2, shop\/p3 and 2 more$/) as string,
      names: pods.map((_, index) => `shop/p${String(index)}`),
    }),
  ]);
});
