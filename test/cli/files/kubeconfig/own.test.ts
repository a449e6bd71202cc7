import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigOf, ownEntries } from '../../../../src/cli/files/kubeconfig/own.js';
import { ADMIN } from './samples.js';

test('a kubeconfig gets the name of its cluster, so that two clusters do not overwrite each other', () => {
  expect(parse(kubeconfigOf(ownEntries(ADMIN, 'prod')))).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'prod', cluster: { server: 'https://192.0.2.1:6443', 'certificate-authority-data': 'Q0E=' } }],
    users: [{ name: 'prod-admin', user: { 'client-key-data': 'S0VZ' } }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod-admin' } }],
    'current-context': 'prod',
  });
});

test('a cluster whose name is a word of YAML 1.1 keeps it', () => {
  const text = kubeconfigOf(ownEntries(ADMIN, 'on'));
  expect(parse(text, { version: '1.1' })).toMatchObject({ 'current-context': 'on', clusters: [{ name: 'on' }] });
});

const MEMBERS = ['node1', 'node2', 'node3'].map((name, index) => ({
  name,
  server: `https://192.0.2.${String(index + 1)}:6443`,
  answers: index > 0,
}));

test('without an endpoint every control plane has a cluster and a context, and the first that answers is used', () => {
  const read = parse(kubeconfigOf(ownEntries(ADMIN, 'prod', MEMBERS))) as Record<string, unknown>;
  const ca = { 'certificate-authority-data': 'Q0E=' };
  expect(read).toMatchObject({
    clusters: [
      { name: 'prod', cluster: { server: 'https://192.0.2.1:6443', ...ca } },
      { name: 'prod@node2', cluster: { server: 'https://192.0.2.2:6443', ...ca } },
      { name: 'prod@node3', cluster: { server: 'https://192.0.2.3:6443', ...ca } },
    ],
    contexts: ['prod', 'prod@node2', 'prod@node3'].map((name) => ({
      name,
      context: { cluster: name, user: 'prod-admin' },
    })),
    'current-context': 'prod@node2',
  });
  expect(read['users']).toEqual([{ name: 'prod-admin', user: { 'client-key-data': 'S0VZ' } }]);
});

test('where none of them answers this machine, the first is used: another machine may reach it', () => {
  const silent = MEMBERS.map((member) => ({ ...member, answers: false }));
  expect(ownEntries(ADMIN, 'prod', silent).current).toBe('prod');
});
