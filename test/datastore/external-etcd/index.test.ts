import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { controlPlaneOn, kubeadmConfigMaps, readClusterConfiguration } from '../../../src/control-plane/index.js';
import { embedded } from '../../../src/control-plane/embedded/index.js';
import { staticPods } from '../../../src/control-plane/static-pods/index.js';
import { externalEtcd } from '../../../src/datastore/external-etcd/index.js';
import { joinsOthers } from '../../../src/datastore/index.js';
import { chosenSupply } from '../../../src/engine/supply.js';
import { SERVER_FILE } from '../../../src/model/facts.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { makeContext } from '../../templates/context.js';

const SERVER = {
  urls: ['https://10.0.0.21:2379', 'https://10.0.0.22', 'https://etcd.test:2379/'],
  caFile: 'ca.crt',
  certFile: 'client.crt',
  keyFile: 'client.key',
};
const ENDPOINTS = ['https://10.0.0.21:2379', 'https://10.0.0.22:2379', 'https://etcd.test:2379'];

const context = (server: Record<string, unknown> = {}, more: Record<string, unknown> = {}): PhaseContext =>
  makeContext(
    { datastore: 'external-etcd', datastoreServer: { ...SERVER, ...server }, ...more },
    { datastoreAccess: { ca: 'CA\n', certificate: 'CERT\n', key: 'KEY\n' } },
  );
const EMBEDDED = { controlPlane: { mode: 'embedded' } };

const resources = (of: PhaseContext, form = staticPods): readonly Record<string, unknown>[] =>
  [...form.datastore(of), ...form.apiServer(of)] as unknown as Record<string, unknown>[];
const contentOf = (of: PhaseContext, path: string, form = staticPods): string =>
  String(resources(of, form).find(({ id }) => id === `file:${path}`)?.['content']);
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';

test('the API server goes to every endpoint with the certificate; there is no pod of it, and no image', () => {
  const manifest = contentOf(context(), MANIFEST);
  expect(manifest).toContain(`--etcd-servers=${ENDPOINTS.join(',')}`);
  expect(manifest).toContain('--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt');
  expect(manifest).toContain('--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt');
  expect(manifest).not.toContain('--etcd-prefix');
  expect(resources(context()).map(({ id }) => id)).not.toContain('file:/etc/kubernetes/manifests/etcd.yaml');
  expect(chosenSupply(context().spec).images.map(({ name }) => name)).not.toContain('etcd');
  expect(staticPods.trials(context()).map(({ program }) => program)).not.toContain('etcd');
});

test('its files are root’s alone, and the key is a secret', () => {
  const files = resources(context()).filter(({ kind, path }) => kind === 'file' && /etcd/.test(String(path)));
  expect(files.map(({ path, mode, secret }) => ({ path, mode, secret }))).toEqual([
    { path: '/etc/kubernetes/pki/etcd/ca.crt', mode: 0o600, secret: false },
    { path: '/etc/kubernetes/pki/apiserver-etcd-client.crt', mode: 0o600, secret: false },
    { path: '/etc/kubernetes/pki/apiserver-etcd-client.key', mode: 0o600, secret: true },
  ]);
});

test('in one process there is nothing of it either: the flags lead to it', () => {
  const server = parse(contentOf(context({ prefix: '/two' }, EMBEDDED), SERVER_FILE, embedded)) as {
    datastore: unknown;
    apiServer: string[];
  };
  expect(server.datastore).toEqual({});
  expect(server.apiServer).toContain(`--etcd-servers=${ENDPOINTS.join(',')}`);
  expect(server.apiServer).toContain('--etcd-prefix=/two');
  expect(embedded.trials(context({}, EMBEDDED)).map(({ program }) => program)).not.toContain('external-etcd');
});

test('the stock kubeadm is told of it, and of the prefix', () => {
  const [map] = kubeadmConfigMaps(context({ prefix: '/two' }), '');
  const { ClusterConfiguration: text } = map?.['data'] as { ClusterConfiguration: string };
  const config = parse(text) as { etcd: unknown; apiServer: { extraArgs: { name: string; value: string }[] } };
  expect(config.etcd).toEqual({
    external: {
      endpoints: ENDPOINTS,
      caFile: '/etc/kubernetes/pki/etcd/ca.crt',
      certFile: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
      keyFile: '/etc/kubernetes/pki/apiserver-etcd-client.key',
    },
  });
  expect(config.apiServer.extraArgs).toContainEqual({ name: 'etcd-prefix', value: '/two' });
  expect(readClusterConfiguration(map)?.options).toMatchObject({
    datastore: 'external-etcd',
    'datastoreServer.prefix': '/two',
  });
});

test('what a host shows is read back', () => {
  const pods = { [MANIFEST]: contentOf(context({ prefix: '/two' }), MANIFEST) };
  const process = { [SERVER_FILE]: contentOf(context({}, EMBEDDED), SERVER_FILE, embedded) };
  expect(controlPlaneOn(pods)?.options).toMatchObject({ datastore: 'external-etcd', 'datastoreServer.prefix': '/two' });
  expect(controlPlaneOn(process)?.options).toMatchObject({
    datastore: 'external-etcd',
    'datastoreServer.prefix': '/registry',
  });
  const stacked = makeContext({ ...EMBEDDED, datastore: 'etcd' });
  const other = { [SERVER_FILE]: contentOf(stacked, SERVER_FILE, embedded) };
  expect(controlPlaneOn(other)?.options['datastore']).toBe('etcd');
});

test('control planes are no members of it: none joins others', () => {
  const hosts = ['a', 'b', 'c'].map((name, index) => ({
    name,
    address: `10.0.0.${String(index + 1)}`,
    roles: ['control-plane'],
  }));
  const three = context({}, { hosts });
  for (const node of three.nodes) expect(joinsOthers({ ...three, node })).toBe(false);
});

test('another CA starts the API server anew, in both forms', () => {
  const anew = { ...context(), datastoreAccess: { ca: 'OTHER\n' } };
  const digest = (text: string): string | undefined => /kinit\/datastore-sha256: *"?([0-9a-f]+)/.exec(text)?.[1];
  expect(digest(contentOf(context(), MANIFEST))).toBeDefined();
  expect(digest(contentOf(anew, MANIFEST))).not.toBe(digest(contentOf(context(), MANIFEST)));
  const service = resources(context({}, EMBEDDED), embedded).find(({ id }) => id === 'service:kinit-server');
  expect(service?.['files']).toContain('/etc/kubernetes/pki/etcd/ca.crt');
});

test('it is looked after by its own tools, which are named', () => {
  const { spec } = context();
  const member = { name: 'c1', address: '10.0.0.1' };
  expect(() => externalEtcd.care({ spec, program: 'kube-apiserver', member, members: [member] })).toThrow(
    expect.objectContaining({
      context: expect.objectContaining({
        class: 'refused',
        hint: expect.stringContaining('etcdutl snapshot restore') as string,
      }) as unknown,
    }),
  );
});

test('what stays, and what another cluster needs, is said with the prefix', () => {
  const { stays, another } = externalEtcd.outside ?? {};
  expect(stays?.({ ...SERVER, prefix: '/two' })).toBe(
    'etcd at 10.0.0.21 is left alone: the objects of the cluster stay in it, below /two.',
  );
  expect(another?.({ ...SERVER, prefix: '/two' })).toContain('etcdctl del --prefix /two/');
});
