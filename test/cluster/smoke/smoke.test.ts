import { expect, test } from 'vitest';
import { checkCluster, type SmokeSubject } from '../../../src/cluster/smoke/smoke.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { failure, fakeApi, type FakeApi, fakeTools, node } from '../fakes.js';

const managed = [{ manager: 'kinit', operation: 'Apply' }];
const proxy = (available: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace: 'kube-system', uid: 'p', generation: 1, managedFields: managed },
  spec: { selector: { matchLabels: { 'k8s-app': 'kube-proxy' } } },
  status: { observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: available },
});
const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: 'kube-system' },
};

/** A cluster in which each probe pod ends as `outcome` says, at once. */
function cluster(
  objects: readonly KubeObject[],
  outcome: (node: string) => { exitCode: number; message?: string } = () => ({ exitCode: 0 }),
): FakeApi {
  const api = fakeApi(objects);
  const { apply, get } = api;
  api.get = (ref) => (ref.kind === 'ServiceAccount' ? Promise.resolve(account) : get(ref));
  api.apply = async (object, options) => {
    const spec = object['spec'] as { nodeName?: string } | undefined;
    if (object.kind === 'Service') return apply({ ...object, spec: { ...spec, clusterIP: '10.96.7.7' } }, options);
    if (object.kind !== 'Pod') return apply(object, options);
    return apply(
      {
        ...object,
        status: {
          phase: 'Running',
          containerStatuses: [{ name: 'client', state: { terminated: outcome(spec?.nodeName ?? '') } }],
        },
      },
      options,
    );
  };
  return api;
}

const UNINITIALIZED = { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' };

test('nodes that wait for a cloud-controller-manager are not probed, and a Deployment that cannot start holds nothing up', async () => {
  const dns: KubeObject = {
    ...proxy(0),
    kind: 'Deployment',
    metadata: { ...proxy(0).metadata, name: 'coredns', uid: 'd' },
  };
  const api = cluster([node('a', true, { spec: { taints: [UNINITIALIZED] } }), proxy(2), dns]);
  const tools = fakeTools({ api });
  await checkCluster(context(['a']), tools, SUBJECT);
  expect(tools.said.at(-1)).toContain('a waits for the cloud-controller-manager');
  expect(probed(api)).toEqual([]);
});

test.each(['not-ready', 'unreachable', 'network-unavailable', 'memory-pressure', 'disk-pressure', 'pid-pressure'])(
  'a node on which the cluster lets nothing start is waited for: %s',
  async (name) => {
    const key = `node.kubernetes.io/${name}`;
    const api = cluster([node('a'), node('b', true, { spec: { taints: [{ key, effect: 'NoSchedule' }] } }), proxy(2)]);
    const tools = fakeTools({ api });
    const progress = (told: string): void => {
      tools.said.push(told);
      if (told.includes(key)) api.objects.set('Node /b', node('b'));
    };
    await checkCluster(context(['a', 'b']), { ...tools, progress }, SUBJECT);
    expect(tools.said[0]).toBe(
      `waiting for nodes, DNS, proxy and pod network to be ready: b takes no pods: it carries the taint ${key}:NoSchedule`,
    );
    expect(probed(api)).toEqual(['a', 'b']);
  },
);

test('a cordon, and a taint of the inventory, are what a person wants: nothing is waited for', async () => {
  const taints = [
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    { key: 'dedicated', value: 'web', effect: 'NoSchedule' },
  ];
  const api = cluster([node('a', true, { spec: { taints } }), proxy(2)]);
  const tools = fakeTools({ api });
  await checkCluster(context(['a']), tools, SUBJECT);
  expect(tools.said.filter((told) => told.startsWith('waiting'))).toEqual([]);
});

/** A Deployment of two pods, and its status. */
const deployment = (status: Record<string, unknown>): KubeObject => ({
  ...proxy(0),
  kind: 'Deployment',
  metadata: { ...proxy(0).metadata, name: 'coredns', uid: 'd' },
  spec: { replicas: 2, selector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
  status: {
    observedGeneration: 1,
    ...{ replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    conditions: [{ type: 'Available', status: 'True' }],
    ...status,
  },
});

test.each([
  ['pods of the revision before are still there', { replicas: 3, updatedReplicas: 1, availableReplicas: 2 }],
  ['its controller has not seen the change', { observedGeneration: 0 }],
  ['it counts as available with the old pods only', { updatedReplicas: 1, availableReplicas: 2 }],
])('a Deployment is waited for until its present revision is there: %s', async (_what, status) => {
  const api = cluster([node('a'), node('b'), proxy(2), deployment(status)]);
  const tools = fakeTools({ api });
  const progress = (told: string): void => {
    tools.said.push(told);
    api.objects.set('Deployment kube-system/coredns', deployment({}));
  };
  await checkCluster(context(['a', 'b']), { ...tools, progress }, SUBJECT);
  expect(tools.said[0]).toMatch(/^waiting for nodes, DNS, proxy and pod network to be ready: Deployment coredns: /);
});

test('what lacks pods is told with the nodes that lack them', async () => {
  const api = cluster([node('a'), node('b'), proxy(1)]);
  const abort = new AbortController();
  const tools = fakeTools({ api, signal: abort.signal });
  const progress = (told: string): void => {
    tools.said.push(told);
    abort.abort();
  };
  await failure(checkCluster(context(['a', 'b']), { ...tools, progress }, SUBJECT));
  expect(tools.said[0]).toContain('DaemonSet kube-proxy: 1 of 2 pods are up to date and available, not on a, b');
});

test('nodes whose probe fails are the ill ones', async () => {
  const api = cluster([node('a'), node('b'), proxy(2)], (name) => ({ exitCode: name === 'b' ? 1 : 0, message: 'no' }));
  expect((await failure(checkCluster(context(['a', 'b']), fakeTools({ api }), SUBJECT))).context.ill).toEqual(['b']);
});

const SUBJECT: SmokeSubject = {
  namespaces: ['kube-system', 'kube-flannel'],
  settings: [],
  image: 'flannel:test',
  hint: 'Let UDP port 8472 pass.',
  restart: 'restart it',
};

function context(names: readonly string[]): PhaseContext {
  const nodes = names.map((name) => ({ spec: { name } }));
  return {
    nodes,
    leader: nodes[0],
    node: nodes[0],
    spec: { network: { domain: 'cluster.local' } },
  } as unknown as PhaseContext;
}

const probed = (api: FakeApi): string[] =>
  api.calls
    .filter((call) => call.startsWith('apply Pod/'))
    .map((call) => call.replace(/^apply Pod\/kinit-probe-[0-9a-f]{8}-/, ''));

const left = (api: FakeApi): string[] =>
  [...api.objects.keys()].filter((key) => /^(Pod|Service|Namespace) .*kinit-probe/.test(key));

test('a new cluster is probed from every node once; after that three kinds of lists are enough', async () => {
  const api = cluster([node('a'), node('b'), proxy(2)]);
  await checkCluster(context(['a', 'b']), fakeTools({ api }), SUBJECT);
  expect(probed(api)).toEqual(['a', 'b']);
  expect(api.calls.filter((call) => call.startsWith('delete '))).toHaveLength(3);
  expect(left(api)).toEqual([]);
  api.calls.length = 0;
  await checkCluster(context(['a', 'b']), fakeTools({ api }), SUBJECT);
  expect(api.calls).toEqual([]);
});

test('a node that joins later is probed with two peers; a changed workload or setting probes all again', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const api = cluster([...names.map((name) => node(name)), proxy(2)]);
  await checkCluster(context(names), fakeTools({ api }), SUBJECT);
  api.calls.length = 0;
  await api.apply(node('e'));
  await checkCluster(context([...names, 'e']), fakeTools({ api }), SUBJECT);
  expect(probed(api)).toEqual(['e', 'a', 'b']);
  api.calls.length = 0;
  api.objects.set('DaemonSet kube-system/kube-proxy', {
    ...proxy(2),
    metadata: { ...proxy(2).metadata, uid: 'replaced' },
  });
  await checkCluster(context([...names, 'e']), fakeTools({ api }), SUBJECT);
  expect(probed(api)).toHaveLength(5);
  api.calls.length = 0;
  const other = { ...SUBJECT, settings: ['mode: iptables'] };
  await checkCluster(context([...names, 'e']), fakeTools({ api }), other);
  expect(probed(api)).toHaveLength(5);
  api.calls.length = 0;
  await checkCluster(context([...names, 'e']), fakeTools({ api }), other);
  expect(probed(api)).toEqual([]);
});

test('a probe that fails names the node and what it saw, is not remembered, and leaves nothing behind', async () => {
  const api = cluster([node('a'), node('b'), proxy(2)], (name) =>
    name === 'b' ? { exitCode: 1, message: 'the Service answered only from: b ' } : { exitCode: 0 },
  );
  const error = await failure(checkCluster(context(['a', 'b']), fakeTools({ api }), SUBJECT));
  expect(error.message).toBe('the pod network does not work on b');
  expect(error.context).toMatchObject({
    found: 'b: the Service answered only from: b',
    hint: 'Let UDP port 8472 pass.',
  });
  expect(left(api)).toEqual([]);
  expect(api.objects.has('ConfigMap kube-system/kinit-probe')).toBe(false);
});

test('a probe that fails where a default role of the API server is gone: that, and no firewall', async () => {
  const binding: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'kubeadm:node-proxier' },
    roleRef: { kind: 'ClusterRole', name: 'system:node-proxier' },
  };
  const api = cluster([node('a'), proxy(2), binding], () => ({ exitCode: 1, message: 'nothing answered' }));
  const error = await failure(checkCluster(context(['a']), fakeTools({ api }), SUBJECT));
  expect(error.context.hint).toBe(
    'ClusterRole system:node-proxier was deleted, so that what needs it is forbidden. The API server makes it again when it starts: restart it.',
  );
});

test('a host that is down and not of this run holds nothing up, though a DaemonSet lacks its pod', async () => {
  const pod: KubeObject = {
    ...node('kube-proxy-a'),
    kind: 'Pod',
    metadata: { name: 'kube-proxy-a', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
    spec: { nodeName: 'a' },
  };
  const api = cluster([node('a'), node('down', false), proxy(1), pod]);
  await checkCluster(context(['a']), fakeTools({ api }), SUBJECT);
  expect(probed(api)).toEqual(['a']);
});

test('leftovers of a kinit that was killed are removed', async () => {
  const old = (kind: string): KubeObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'kinit-probe-old', namespace: 'kube-system', labels: { 'kinit/probe': 'kinit-probe-old' } },
  });
  const api = cluster([node('a'), proxy(2), old('Pod'), old('Service')]);
  await checkCluster(context(['a']), fakeTools({ api }), SUBJECT);
  expect(left(api)).toEqual([]);
});

test("without kinit's pod network nothing is waited for, and that is said", async () => {
  const tools = fakeTools({ api: fakeApi() });
  await checkCluster(context(['a']), tools, { ...SUBJECT, unproved: 'network.plugin is none' });
  expect(tools.said[0]).toContain('network.plugin is none');
});
