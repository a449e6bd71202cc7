import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { mergeKubeconfigs, nameKubeconfig } from '../../../src/cli/files/kubeconfig-merge.js';

const admin = `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: 'https://192.0.2.1:6443', certificate-authority-data: Q0E= } }]
users: [{ name: kubernetes-admin, user: { client-key-data: S0VZ } }]
contexts: [{ name: kubernetes-admin@kubernetes, context: { cluster: kubernetes, user: kubernetes-admin } }]
current-context: kubernetes-admin@kubernetes
`;

test('a kubeconfig gets the name of its cluster, so that two clusters do not overwrite each other', () => {
  expect(parse(nameKubeconfig(admin, 'prod'))).toMatchObject({
    clusters: [{ name: 'prod', cluster: { server: 'https://192.0.2.1:6443' } }],
    users: [{ name: 'prod-admin', user: { 'client-key-data': 'S0VZ' } }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod-admin' } }],
    'current-context': 'prod',
  });
});

test('merging keeps what is there, replaces the same cluster, and makes it current', () => {
  const one = nameKubeconfig(admin, 'one');
  const old = nameKubeconfig(admin.replace('192.0.2.1', '192.0.2.9'), 'two');
  const merged = mergeKubeconfigs(mergeKubeconfigs(one, old, 'f'), nameKubeconfig(admin, 'two'), 'f');
  const value = parse(merged) as { clusters: { name: string; cluster: { server: string } }[] };
  expect(value.clusters.map(({ name, cluster }) => [name, cluster.server])).toEqual([
    ['one', 'https://192.0.2.1:6443'],
    ['two', 'https://192.0.2.1:6443'],
  ]);
  expect(value).toMatchObject({ 'current-context': 'two' });
});

test('merging into an empty file gives the kubeconfig; fields kinit does not know stay', () => {
  expect(mergeKubeconfigs('\n', admin, 'f')).toBe(admin);
  expect(parse(mergeKubeconfigs('kind: Config\npreferences: { colors: true }\n', admin, 'f'))).toMatchObject({
    preferences: { colors: true },
  });
});

test.each(['hello', '[1]', 'kind: Pod', 'a: [\nclient-key-data: c2VjcmV0'])(
  'a file that is no kubeconfig is left alone, and not quoted',
  (text) => {
    let message = '';
    try {
      mergeKubeconfigs(text, admin, '/home/me/.kube/config');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('/home/me/.kube/config is not a kubeconfig');
    expect(message).not.toContain('c2VjcmV0');
  },
);
