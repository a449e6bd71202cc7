import { expect, test } from 'vitest';
import { bornWith } from '../../../../src/datastore/etcd/members/birth.js';
import { etcdMemberKind, etcdMembers, type EtcdMemberResource } from '../../../../src/datastore/etcd/members/index.js';
import { makeContext } from '../../../templates/context.js';

const hosts = ['n1', 'n2'].map((name, i) => ({ name, address: `10.77.0.1${i + 1}`, roles: ['control-plane'] }));
const context = makeContext({ hosts });
const manifest = { path: '/etc/kubernetes/manifests/etcd.yaml', content: 'x' };
const resource = etcdMembers.member(
  { ...context, node: context.nodes[1] ?? context.node },
  manifest,
) as EtcdMemberResource;
const line = (state: string, learner: boolean): string =>
  `2, ${state}, ${state === 'started' ? 'n2' : ''}, https://10.77.0.12:2380, , ${String(learner)}`;

test.each([
  ['data=no\nmanifest=no', 'it is no member'],
  ['data=no\nmanifest=no\n=== members\n', 'it is no member'],
  [`data=no\nmanifest=no\n=== members\n${line('unstarted', true)}`, 'it was added and has not started'],
  [`data=no\nmanifest=yes\n=== members\n${line('started', false)}`, 'its data are gone'],
  ['data=yes\nmanifest=yes\n=== members\n1, started, n1, https://10.77.0.11:2380, , false', 'it was taken out of etcd'],
  [`data=yes\nmanifest=no\n=== members\n${line('started', false)}`, 'nothing starts it'],
  [`data=yes\nmanifest=yes\n=== members\n${line('started', true)}`, 'it is a learner, and has no vote yet'],
  [`data=yes\nmanifest=yes\n=== members\n${line('started', false)}`, undefined],
  // Nobody answers: that is no reason to make a member of one that has been one.
  ['data=yes\nmanifest=yes', undefined],
])('%j: %s', (output, reason) => {
  const seen = etcdMemberKind.parse?.(resource, output) ?? fail();
  const difference = etcdMemberKind.diff(resource, seen);
  expect(difference.changed ? difference.change.reason : undefined).toBe(reason);
});

test('it asks its own member first, then the others, and says none of them to itself when it joins', () => {
  expect(resource).toMatchObject({ local: 'https://127.0.0.1:2379', others: ['https://10.77.0.11:2379'] });
});

test('what a member began with is read from its manifest, whoever wrote it', () => {
  const text =
    'spec:\n  containers:\n  - command:\n    - etcd\n    - --initial-cluster=n1=https://a:2380,n2=https://b:2380\n    - "--initial-cluster-state=existing"\n';
  expect(bornWith({ etcd: text, other: 'x' })).toEqual({
    'initial-cluster': 'n1=https://a:2380,n2=https://b:2380',
    'initial-cluster-state': 'existing',
  });
  expect(bornWith({ other: '    - --initial-cluster-token=x\n' })).toBeUndefined();
});

test('only a member that was added to others comes later; the first one has nobody to ask', () => {
  const { cameLater } = etcdMembers;
  const manifest = (state: string): string =>
    `    - --initial-cluster=n1=https://a:2380\n    - --initial-cluster-state=${state}\n`;
  const facts = (...manifests: string[]): Parameters<typeof cameLater>[0] =>
    ({
      kubernetes: { manifests: Object.fromEntries(manifests.map((text, at) => [String(at), text])) },
    }) as unknown as Parameters<typeof cameLater>[0];
  expect(cameLater(facts(manifest('existing')))).toBe(true);
  expect(cameLater(facts(manifest('new')))).toBe(false);
  expect(cameLater(facts('    - --initial-cluster=n1=https://a:2380\n'))).toBe(false);
  expect(cameLater(facts())).toBe(false);
});

const fail = (): never => {
  throw new Error('it cannot be seen');
};
