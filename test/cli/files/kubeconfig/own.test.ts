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
