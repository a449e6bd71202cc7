import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { recordText } from '../../../src/cluster/record/text.js';
import { NO_CLUSTER } from '../../../src/engine/guard/cluster.js';
import { knownCluster } from '../../../src/engine/guard/known.js';
import { askLive } from '../../../src/engine/guard/live.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { KinitError } from '../../../src/model/error.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { ClusterRecord } from '../../../src/model/record.js';
import { fakeApi, fakeHost } from '../../cluster/fakes.js';
import { factsOf } from '../../facts/facts-of.js';

const SPEC = specSchema.parse({
  hosts: [
    { name: 'c1', address: '10.77.0.11', roles: ['control-plane'] },
    { name: 'w1', address: '10.77.0.12' },
  ],
});

const golden = (name: string): string =>
  readFileSync(new URL(`../../golden/kubeadm-1.36/${name}.yaml`, import.meta.url), 'utf8');
const MANIFESTS = Object.fromEntries(
  ['kube-apiserver', 'kube-controller-manager', 'etcd'].map((name) => [
    `/etc/kubernetes/manifests/${name}.yaml`,
    golden(name),
  ]),
);

type Kubernetes = Partial<HostFacts['kubernetes']>;

/** Members of a cluster whose kubelets do not run, and where nothing listens. */
function hosts(controlPlane: Kubernetes, worker: Kubernetes = {}): LiveHost[] {
  return SPEC.hosts.map((spec, index) => {
    const facts = factsOf(spec.name);
    const connectTcp = (): never => {
      throw new KinitError('nothing listens', { class: 'access', unreachable: 'port' });
    };
    return {
      spec,
      facts: {
        ...facts,
        kubernetes: {
          ...facts.kubernetes,
          membership: 'member',
          kubeletActive: false,
          ...(index === 0 ? controlPlane : worker),
        },
      },
      connection: fakeHost({ host: spec.name, connectTcp }),
    };
  });
}

function known(
  live: readonly LiveHost[],
  spec = SPEC,
  more: Partial<Parameters<typeof knownCluster>[0]> = {},
): ReturnType<typeof knownCluster> {
  const [leader] = live;
  if (leader === undefined) throw new Error('no host');
  const inventory = { spec, file: 'inventory.yaml', source: '' } as unknown as Parameters<
    typeof knownCluster
  >[0]['inventory'];
  const signal = new AbortController().signal;
  return knownCluster({ inventory, leader, live, emit: () => undefined, signal, mayReadKeys: false, ...more });
}

function record(kubernetes: string, proxyMode = 'nftables', options: ClusterRecord['options'] = {}): string {
  const written: ClusterRecord = {
    version: 1,
    kinit: '0.1.0',
    kubernetes,
    options: { 'network.podCIDR': '10.200.0.0/16', 'apiServer.endpoint': null, ...options },
    decisions: { proxyMode, endpoint: '10.77.0.11:6443' },
    nodes: { c1: { address: '10.77.0.11', controlPlane: true, machineId: 'machine-c1' } },
    datastore: { kind: 'etcd', members: { c1: '10.77.0.11' } },
    addOns: {},
    moves: [],
  };
  return recordText(written);
}

test('a port that the inventory changes is not the one that is waited for', async () => {
  const tried: number[] = [];
  const [leader, ...others] = hosts({ manifests: MANIFESTS, record: record('1.36.3') });
  if (leader === undefined) throw new Error('no host');
  const connectTcp = (_address: string, port: number): never => {
    tried.push(port);
    throw new KinitError('nothing listens', { class: 'access', unreachable: 'port' });
  };
  const listening = { ...leader, connection: fakeHost({ host: 'c1', connectTcp }) };
  await known([listening, ...others], { ...SPEC, apiServer: { ...SPEC.apiServer, port: 7443 } });
  expect(tried).toEqual([6443]);
});

describe('without an API', () => {
  test('hosts that are no node of anything are no cluster', async () => {
    expect(await known(hosts({ membership: 'none', manifests: {} }))).toEqual(NO_CLUSTER);
  });

  test('the newest of the copies counts, wherever it lies', async () => {
    const found = await known(hosts({ record: record('1.35.1', 'iptables') }, { record: record('1.36.2') }));
    expect(found).toMatchObject({
      exists: true,
      open: false,
      own: true,
      running: '1.36.2',
      endpoint: '10.77.0.11:6443',
      options: { 'network.podCIDR': '10.200.0.0/16' },
      decisions: { proxyMode: 'nftables' },
    });
  });

  test('what the manifests start is newer than what a record says: the version that runs is theirs', async () => {
    const found = await known(hosts({ record: record('1.34.0'), manifests: MANIFESTS }));
    expect(found.running).toBe('1.36.3');
  });

  test.each([
    ['kinit', true],
    ['somebody else', false],
  ])(
    'without a copy the manifests say what the options were, and the journal that %s wrote them',
    async (_who, made) => {
      const found = await known(hosts({ manifests: MANIFESTS, made }));
      expect(found).toMatchObject({
        exists: true,
        own: made,
        options: {
          'network.serviceCIDR': '10.96.0.0/12',
          'network.podCIDR': '10.244.0.0/16',
          'network.domain': 'cluster.local',
          'etcd.dataDir': '/var/lib/etcd',
        },
        decisions: {},
        nodes: { c1: { address: '10.77.0.11', controlPlane: true, machineId: 'machine-c1' } },
      });
    },
  );

  test('a copy that cannot be read, and one of a later kinit, stop the run by host and path', async () => {
    await expect(known(hosts({ record: 'version: 1\nkinit: [' }))).rejects.toMatchObject({
      context: { class: 'refused', host: 'c1', hint: expect.stringContaining('by hand') as string },
      message: expect.stringContaining('/etc/kubernetes/pki/kinit-record.yaml') as string,
    });
    await expect(
      known(hosts({ record: record('1.36.3').replace('version: 1\n', 'version: 9\n') })),
    ).rejects.toMatchObject({
      context: { class: 'refused', found: 'layout 9; this kinit knows 1' },
    });
  });
});

test('restored into another form, the record of before says the form of before: the one that runs counts', async () => {
  const [leader, ...others] = hosts({ manifests: MANIFESTS });
  if (leader === undefined) throw new Error('no host');
  const before = record('1.36.3', 'nftables', {
    controlPlane: 'embedded',
    datastore: 'sqlite',
    'network.domain': 'a.b',
  });
  const api = fakeApi([object('kube-system', 'kinit', { 'record.yaml': before })]);
  const access = {
    api: () => Promise.resolve(api),
    markOpen: () => undefined,
    isOpen: () => true,
    close: () => undefined,
  };
  const connection = fakeHost({ host: 'c1', connectTcp: () => Promise.resolve(new PassThrough()) });
  const found = await known([{ ...leader, connection }, ...others], SPEC, { access });
  expect(found.options).toMatchObject({ controlPlane: 'static-pods', 'network.domain': 'a.b' });
});

const CONFIGURATION = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.1
controlPlaneEndpoint: api.example:6443
networking: { podSubnet: 192.168.0.0/16, serviceSubnet: 10.96.0.0/12, dnsDomain: corp.local }
`;

function object(namespace: string, name: string, data: Record<string, string>, manager?: string): KubeObject {
  const managedFields = manager === undefined ? [] : [{ manager }];
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, managedFields }, data } as KubeObject;
}

function cluster(manager: string): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'u-1' } } as KubeObject,
    object('kube-public', 'cluster-info', {}, manager),
    object('kube-system', 'kubeadm-config', { ClusterConfiguration: CONFIGURATION }, manager),
    object('kube-system', 'kube-proxy', { 'config.conf': 'mode: iptables\n' }, manager),
  ];
}

describe('a running cluster without a record', () => {
  test.each([
    ['kinit', true],
    ['kubeadm', false],
  ])(
    'made by %s: who wrote cluster-info says whose it is; its own configuration says what it is',
    async (manager, own) => {
      expect(await askLive(fakeApi(cluster(manager)), hosts({ manifests: MANIFESTS }))).toMatchObject({
        own,
        clusterId: 'u-1',
        running: '1.36.1',
        endpoint: 'api.example:6443',
        options: {
          'network.podCIDR': '192.168.0.0/16',
          'network.domain': 'corp.local',
          'etcd.dataDir': '/var/lib/etcd',
        },
        decisions: { proxyMode: 'iptables' },
      });
    },
  );

  test('a first init that was cut before cluster-info is known by its journal', async () => {
    for (const made of [true, false])
      expect((await askLive(fakeApi(), hosts({ manifests: MANIFESTS, made }))).own).toBe(made);
  });
});
