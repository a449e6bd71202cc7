import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { controlPlaneOn, controlPlanePorts } from '../../../src/control-plane/index.js';
import { embedded } from '../../../src/control-plane/embedded/index.js';
import { staticPods } from '../../../src/control-plane/static-pods/index.js';
import { datastoreOf, runsAs } from '../../../src/datastore/index.js';
import { SERVER_FILE } from '../../../src/model/facts.js';
import type { Node, PhaseContext } from '../../../src/model/phase.js';
import { makeContext } from '../../templates/context.js';

const EMBEDDED = { controlPlane: { mode: 'embedded' }, datastore: 'sqlite' };

interface ServerFile {
  readonly kubernetesVersion: string;
  readonly datastore: Readonly<Record<string, string>>;
  readonly apiServer: readonly string[];
  readonly controllerManager: readonly string[];
  readonly scheduler: readonly string[];
}

function contentAt(path: string, resources: readonly { readonly id: string }[]): string {
  const found = resources.find(({ id }) => id === `file:${path}`);
  return (found as unknown as { content: string }).content;
}

const serverFile = (context: PhaseContext): string =>
  contentAt(SERVER_FILE, [...embedded.datastore(context), ...embedded.apiServer(context)]);
const revision = (context: PhaseContext): unknown =>
  (embedded.apiServer(context).find(({ id }) => id === 'service:kinit-server') as unknown as { revision: string })
    .revision;

test('its parts get the flags that static pods get, but for the datastore and the election that one server does not need', () => {
  const { apiServer, controllerManager, scheduler } = parse(serverFile(makeContext(EMBEDDED))) as ServerFile;
  const context = makeContext();
  const pod = (name: string): string[] => {
    const path = `/etc/kubernetes/manifests/${name}.yaml`;
    const text = contentAt(path, [...staticPods.apiServer(context), ...staticPods.controllers(context)]);
    const { spec } = parse(text) as { spec: { containers: [{ command: string[] }] } };
    return spec.containers[0].command.slice(1);
  };
  const alone = (flags: readonly string[]): string[] =>
    flags.map((flag) => flag.replace('--leader-elect=true', '--leader-elect=false'));
  const own = (flags: readonly string[]): string[] =>
    flags.filter((flag) => !flag.startsWith('--etcd-servers=')).sort();
  expect(own(apiServer)).toEqual(own(pod('kube-apiserver')));
  expect(controllerManager).toEqual(alone(pod('kube-controller-manager')));
  expect(scheduler).toEqual(alone(pod('kube-scheduler')));
  expect(apiServer).toContain('--etcd-servers=unixs:///var/lib/kinit-datastore/datastore.sock');
});

test('etcd in its process has the flags of the pod, and its API server reaches it as there', () => {
  const context = makeContext({
    ...EMBEDDED,
    datastore: 'etcd',
    etcd: { extraArgs: { 'quota-backend-bytes': '4000000000' } },
  });
  const { datastore, apiServer } = parse(serverFile(context)) as { datastore: { etcd: string[] }; apiServer: string[] };
  const pod = runsAs(context.spec, 'pod')?.(context, false);
  expect(datastore).toEqual({ etcd: pod?.flags });
  expect(datastore.etcd).toContain('--quota-backend-bytes=4000000000');
  expect(apiServer).toContain('--etcd-servers=https://127.0.0.1:2379');
  expect(controlPlaneOn({ [SERVER_FILE]: serverFile(context) })).toMatchObject({
    options: { controlPlane: 'embedded', 'etcd.dataDir': '/var/lib/etcd' },
  });
  expect(controlPlanePorts(6443, embedded, datastoreOf(context.spec)).map(({ owner }) => owner)).toEqual([
    'kinit-server',
    'kinit-server',
    'kinit-server',
    'kinit-server',
    'kinit-server',
  ]);
});

test('while the cluster soaks its program is the later one, and behaves as the version before', () => {
  const moves = [{ what: 'upgrade', from: '1.35.4', to: '1.36.3', step: 'soak' }];
  const context = makeContext({ ...EMBEDDED, kubernetesVersion: '1.35.4' });
  const { kubernetesVersion, ...parts } = parse(serverFile({ ...context, moves })) as ServerFile;
  expect(kubernetesVersion).toBe('1.36.3');
  for (const part of ['apiServer', 'controllerManager', 'scheduler'] as const)
    expect(parts[part]).toContain('--emulated-version=kube=1.35');
  expect(serverFile(context)).not.toContain('emulated');
});

test('what it is started with is read back: form, version, and options that cannot change', () => {
  const context = makeContext({ ...EMBEDDED, network: { serviceCIDR: '10.100.0.0/16' } });
  expect(controlPlaneOn({ [SERVER_FILE]: serverFile(context) })).toMatchObject({
    version: '1.36.3',
    options: { controlPlane: 'embedded', 'network.serviceCIDR': '10.100.0.0/16' },
  });
});

test.each(['', '{', 'apiServer: 1'])('a damaged file (%j) does not end the look at a host', (text) => {
  expect(() => controlPlaneOn({ [SERVER_FILE]: text })).not.toThrow();
});

test('another flag means a restart, the same one does not', () => {
  const changed = { ...EMBEDDED, scheduler: { extraArgs: { v: '4' } } };
  expect(revision(makeContext(EMBEDDED))).toBe(revision(makeContext(EMBEDDED)));
  expect(revision(makeContext(changed))).not.toBe(revision(makeContext(EMBEDDED)));
});

describe('on several hosts', () => {
  const THREE = {
    ...EMBEDDED,
    datastore: 'etcd',
    hosts: [1, 2, 3].map((n) => ({ name: `c${String(n)}`, address: `10.0.0.${String(n)}`, roles: ['control-plane'] })),
  };
  const onSecond = (manifests: Readonly<Record<string, string>> = {}): PhaseContext => {
    const context = makeContext(THREE);
    const second = context.nodes[1] as Node;
    const facts = { ...second.facts, kubernetes: { ...second.facts.kubernetes, manifests } };
    const node = { ...second, facts };
    return { ...context, node, nodes: context.nodes.map((each) => (each === second ? node : each)) };
  };
  const joining = (context: PhaseContext): { path: string; content: string; unit: string } =>
    (
      embedded.datastore(context).find(({ kind }) => kind === 'etcdMember') as unknown as {
        manifest: { path: string; content: string; unit: string };
      }
    ).manifest;

  test('a host that joins gets its file from etcd’s own list of members; controller managers and schedulers elect', () => {
    const context = onSecond();
    const { path, content, unit } = joining(context);
    expect({ path, unit }).toEqual({ path: SERVER_FILE, unit: 'kinit-server' });
    expect(embedded.apiServer(context).map(({ id }) => id)).not.toContain(`file:${SERVER_FILE}`);
    const { datastore, controllerManager, scheduler } = parse(content) as unknown as ServerFile & {
      datastore: { etcd: string[] };
    };
    expect(datastore.etcd).toEqual(
      expect.arrayContaining(['--initial-cluster=@KINIT_MEMBERS@', '--initial-cluster-state=existing']),
    );
    for (const flags of [controllerManager, scheduler]) expect(flags).toContain('--leader-elect=true');
  });

  test('the one that began the cluster is kept to the others at its next start, and is not started for that', () => {
    const context = makeContext(THREE);
    const [kept] = embedded.datastoreKept(context) as unknown as { manifest: { path: string; content: string } }[];
    expect(kept?.manifest).toMatchObject({
      path: SERVER_FILE,
      content: expect.stringMatching(
        /- --initial-cluster=c1=https:\/\/10\.0\.0\.1:2380\n *- --initial-cluster-state=existing\n/,
      ) as string,
      script: expect.stringContaining('touch -r') as string,
    });
    expect(embedded.datastoreKeptReady).toBeUndefined();
    const first = context.node;
    const manifests = { [SERVER_FILE]: kept?.manifest.content ?? '' };
    const node = { ...first, facts: { ...first.facts, kubernetes: { ...first.facts.kubernetes, manifests } } };
    const later = { ...context, node, leader: node, nodes: [node, ...context.nodes.slice(1)] };
    expect(serverFile(later)).toBe(kept?.manifest.content);
    expect(revision(later)).toBe(revision(context));
    expect(embedded.datastoreKept(later)).toEqual([]);
    expect(embedded.datastoreKept(onSecond())).toEqual([]);
  });

  test('the file of one that has begun comes before its member: what that begins anew with is not written over', () => {
    const born = joining(onSecond()).content;
    const later = onSecond({ [SERVER_FILE]: born });
    const ids = embedded.datastore(later).map(({ id }) => id);
    expect(ids.indexOf(`file:${SERVER_FILE}`)).toBeLessThan(ids.indexOf('etcdMember:c2'));
    expect(ids).toContain(`file:${SERVER_FILE}`);
    expect(embedded.apiServer(later).map(({ id }) => id)).not.toContain(`file:${SERVER_FILE}`);
  });

  test('what it was begun with stays in its file, and is no reason to start it again', () => {
    const born = joining(onSecond()).content.replace(
      '@KINIT_MEMBERS@',
      'c1=https://10.0.0.1:2380,c2=https://10.0.0.2:2380',
    );
    const later = onSecond({ [SERVER_FILE]: born });
    expect(serverFile(later)).toBe(born);
    expect(revision(later)).toBe(revision(onSecond()));
  });
});
