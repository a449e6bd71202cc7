import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterState, hostState, isOfMachine } from './support/cluster-state.js';
import { all, kinit, kinitEvents, lab, only, type LabHandle } from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';
import { changedInventory } from './support/running.js';

/** The inventory against a living cluster: what is refused touches nothing, what was decided stays, a cluster without a record gets one. */
describe('record and guard', () => {
  let cluster: LabHandle;

  beforeAll(async () => {
    cluster = await lab('guard', { hosts: 2, snapshot: await preparedHosts() });
    // One host on which nftables cannot be used, as its tool says.
    await cluster.sh('node2', `printf '#!/bin/sh\\nexit 1\\n' > ${NO_NFT}; chmod 755 ${NO_NFT}`);
  });

  afterAll(async () => {
    await cluster.down();
  });

  const state = async (): Promise<unknown> => [
    await hostState(cluster, 'node1'),
    await hostState(cluster, 'node2'),
    await clusterState(cluster),
    (await cluster.sh('node1', 'cd /etc/kubernetes/manifests && sha256sum *; systemctl show -p MainPID kubelet'))
      .stdout,
  ];
  const with_ = (name: string, yaml: string): Promise<string> =>
    changedInventory(cluster, name, (text) => `${text}\n${yaml}\n`);
  const changes = async (...args: string[]): Promise<{ code: number; applied: string[] }> => {
    const { code, events } = await kinitEvents(args);
    const applied = all(events, 'change-applied').map(({ change }) => change.resource);
    return { code, applied: applied.filter((id) => !isOfMachine(id)) };
  };
  const proxyMode = async (): Promise<string | undefined> =>
    /^mode: (\w+)/m.exec(
      await cluster.kubectl(`-n kube-system get configmap kube-proxy -o jsonpath='{.data.config\\.conf}'`),
    )?.[1];
  const record = (): Promise<string> =>
    cluster.kubectl(`-n kube-system get configmap kinit -o jsonpath='{.data.record\\.yaml}'`);

  test('join before there is a cluster says so, and touches nothing', async () => {
    const before = await Promise.all(['node1', 'node2'].map((host) => hostState(cluster, host)));
    const joined = await kinit(['join', '-i', cluster.inventory]);
    expect({ code: joined.code, said: joined.stderr }).toEqual({
      code: 20,
      said: expect.stringMatching(/there is no cluster to join yet; nothing was changed[^]*kinit init/) as string,
    });
    expect(await Promise.all(['node1', 'node2'].map((host) => hostState(cluster, host)))).toEqual(before);
  });

  test('init writes the record into the cluster and onto the control-plane host', async () => {
    expect(await changes('init', '-i', cluster.inventory)).toMatchObject({ code: 0 });
    const uid = await cluster.kubectl("get namespace kube-system -o jsonpath='{.metadata.uid}'");
    const written = await record();
    expect(written).toContain(`clusterId: ${uid}`);
    for (const line of [
      'kubernetes: 1.36.3',
      'proxyMode: iptables',
      'network.podCIDR: 10.244.0.0/16',
      'etcd.dataDir: /var/lib/etcd',
    ])
      expect(written).toContain(line);
    const copy = (await cluster.sh('node1', `stat -c %a ${COPY}; cat ${COPY}`)).stdout;
    expect(copy).toBe(`600\n${written.replace(/^clusterId: .*\n/m, '')}`);
  });

  test('what was decided stays when hosts could do better by now, and when one of them is away', async () => {
    expect(await proxyMode()).toBe('iptables');
    await cluster.sh('node2', `rm ${NO_NFT}`);
    expect(await changes('init', '-i', cluster.inventory)).toEqual({ code: 0, applied: [] });
    const away = await changedInventory(cluster, 'away', (text) =>
      text.replace(/(name: node2\n\s+address: ).*/, '$1 10.210.255.254'),
    );
    const { code, applied } = await changes('init', '-i', away);
    expect({ code, applied: applied.filter((id) => !id.includes('/etc/hosts')) }).toEqual({ code: 16, applied: [] });
    expect(await proxyMode()).toBe('iptables');
    expect(await changes('init', '-i', cluster.inventory)).toMatchObject({ code: 0 });
  });

  /** A Lease as another run would have left or hold it. */
  const leaseOf = async (hosts: string): Promise<void> => {
    await cluster.kubectl(`-n kube-system apply -f - <<'END'
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata:
  name: kinit
  namespace: kube-system
  annotations:
    kinit.local/holder: another
    kinit.local/hosts: ${hosts}
    kinit.local/owner: '{"operator":"anna@laptop","pid":4711,"command":"upgrade","processSpace":"elsewhere"}'
spec:
  holderIdentity: anna@laptop, process 4711
END`);
  };
  const holder = (): Promise<string> =>
    cluster.kubectl("-n kube-system get lease kinit --ignore-not-found -o jsonpath='{.spec.holderIdentity}'");

  test('who works on the cluster with other control planes in its inventory is met at its Lease; --force-unlock takes that', async () => {
    await leaseOf('machine-of-elsewhere');
    const before = await state();
    const { code, stderr } = await kinit(['init', '-i', cluster.inventory]);
    expect({ code, stderr }).toEqual({
      code: 17,
      stderr: expect.stringMatching(
        /another kinit is at work on this cluster: anna@laptop runs "upgrade"[^]*--force-unlock/,
      ) as string,
    });
    expect([await state(), await holder()]).toEqual([before, 'anna@laptop, process 4711']);
    expect(await changes('init', '-i', cluster.inventory, '--force-unlock')).toEqual({ code: 0, applied: [] });
    expect(await holder()).toBe('');
  });

  test('a Lease that a killed run left behind is taken over at once, kept while a run is at work, and gone after it', async () => {
    await leaseOf((await cluster.sh('node1', 'cat /etc/machine-id')).stdout.trim());
    // Watched from before the run: what is asked for again and again may be missed.
    await cluster.sh(
      'node1',
      `export KUBECONFIG=/etc/kubernetes/admin.conf
timeout 300 kubectl -n kube-system get lease kinit --watch -o jsonpath='{.spec.holderIdentity}{"\\n"}' < /dev/null > ${WATCHED} 2>&1 &
until grep -q anna@laptop ${WATCHED}; do sleep 0.1; done`,
    );
    expect(await changes('init', '-i', cluster.inventory)).toEqual({ code: 0, applied: [] });
    expect((await cluster.sh('node1', `cat ${WATCHED}`)).stdout).toMatch(
      /^anna@laptop, process 4711\n(\S+@\S+, process \d+\n)+$/,
    );
    expect(await holder()).toBe('');
  });

  const REFUSED: readonly (readonly [name: string, yaml: string, there: string, wanted: string])[] = [
    ['pods', 'network: { podCIDR: 10.200.0.0/16 }', '10.244.0.0/16', '10.200.0.0/16'],
    ['services', 'network: { serviceCIDR: 10.32.0.0/16 }', '10.96.0.0/12', '10.32.0.0/16'],
    ['domain', 'network: { domain: other.local }', 'cluster.local', 'other.local'],
    ['plugin', 'network: { plugin: none }', 'flannel', 'none'],
    ['data', 'etcd: { dataDir: /mnt/etcd }', '/var/lib/etcd', '/mnt/etcd'],
    ['port', 'apiServer: { port: 7443 }', '6443', '7443'],
    ['endpoint', 'apiServer: { endpoint: "lb.example:6443" }', ':6443', 'lb.example:6443'],
    [
      'issuer',
      'apiServer: { extraArgs: { service-account-issuer: "https://x.example" } }',
      'none',
      'https://x.example',
    ],
    ['down', 'kubernetesVersion: 1.36.2', '1.36.3', '1.36.2'],
    ['minor-down', 'kubernetesVersion: 1.35.0', '1.36.3', '1.35.0'],
  ];

  test('what cannot change is refused by plan, init, join and apply, with both values; nothing is touched', async () => {
    const plan = cluster.inventory.replace('inventory.yaml', 'guard.plan');
    await kinitEvents(['plan', '-i', cluster.inventory, '--out', plan]);
    const before = await state();
    for (const [index, [name, yaml, there, wanted]] of REFUSED.entries()) {
      const file = await with_(name, yaml);
      const command = [['init'], ['plan'], ['join', 'node2'], ['apply', plan]][index % 4] ?? [];
      const { code, stderr } = await kinit([...command, '-i', file]);
      expect({ name, command, code, stderr }).toEqual({
        name,
        command,
        code: 20,
        stderr: expect.stringContaining(there) as string,
      });
      expect(stderr).toContain(wanted);
      expect(stderr).toContain('nothing was changed');
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(10);
    }
    const newer = await kinit(['join', 'node2', '-i', await with_('newer', 'kubernetesVersion: 1.36.4')]);
    expect({ code: newer.code, said: newer.stderr }).toMatchObject({
      code: 20,
      said: expect.stringContaining('kinit upgrade') as string,
    });
    const swapped = await changedInventory(cluster, 'swapped', (text) =>
      text.replace('- control-plane', '- was').replace('- worker', '- control-plane').replace('- was', '- worker'),
    );
    expect(await kinit(['init', '-i', swapped])).toMatchObject({
      code: 20,
      stderr: expect.stringContaining('hosts[].roles') as string,
    });
    expect(await kinit(['join', 'node1', '-i', cluster.inventory])).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('node1: join is for workers') as string,
    });
    expect(await state()).toEqual(before);
  });

  test('check tells the same', async () => {
    const { code, events } = await kinitEvents([
      'check',
      '-i',
      await with_('checked', 'network: { podCIDR: 10.200.0.0/16 }'),
    ]);
    const told = all(events, 'check').filter(({ check: { name } }) => name === 'cluster-record');
    expect({ code, told }).toMatchObject({ code: 13, told: [{ host: 'node1', check: { status: 'error' } }] });
    expect(told[0]?.check.found).toContain(
      'network.podCIDR: the cluster has 10.244.0.0/16, the inventory 10.200.0.0/16',
    );
  });

  test('a cluster of a kinit that wrote no record is held to what it is, and gets one without a step by hand', async () => {
    const before = await record();
    await forget();
    const refused = await kinit(['init', '-i', await with_('taken', 'network: { podCIDR: 10.200.0.0/16 }')]);
    expect({ code: refused.code, said: refused.stderr }).toMatchObject({
      code: 20,
      said: expect.stringContaining('10.244.0.0/16') as string,
    });
    expect(await changes('init', '-i', cluster.inventory)).toEqual({
      code: 0,
      applied: ['clusterRecord:kube-system/kinit', `file:${COPY}`],
    });
    expect(await record()).toBe(before);
    expect(await changes('init', '-i', cluster.inventory)).toEqual({ code: 0, applied: [] });
  });

  test('without an API the copy on the host says the same', async () => {
    await cluster.sh('node1', 'systemctl stop kubelet; mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/');
    const refused = await kinit(['init', '-i', await with_('silent', 'network: { podCIDR: 10.200.0.0/16 }')]);
    expect({ code: refused.code, said: refused.stderr }).toMatchObject({
      code: 20,
      said: expect.stringContaining('10.244.0.0/16') as string,
    });
    await cluster.sh('node1', 'mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/; systemctl start kubelet');
    expect(await changes('init', '-i', cluster.inventory)).toMatchObject({ code: 0 });
  });

  test('a cluster that kinit did not make is named and left alone; with its id it is worked on, with another one not', async () => {
    const id = await cluster.kubectl("get namespace kube-system -o jsonpath='{.metadata.uid}'");
    await forget();
    // As if others had written it: no journal of kinit on the host, and no trace of it in the cluster's own notes.
    await cluster.sh('node1', 'mv /var/lib/kinit/journal /root/journal');
    await cluster.kubectl(
      `-n kube-public patch configmap cluster-info --type=json -p '[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]'`,
    );
    const before = await state();
    for (const command of [['init'], ['plan'], ['join', 'node2']]) {
      const { code, stderr } = await kinit([...command, '-i', cluster.inventory]);
      expect({ command, code, stderr }).toEqual({
        command,
        code: 20,
        stderr: expect.stringContaining('a cluster that kinit did not make runs on node1') as string,
      });
      expect(stderr).toContain(id);
      expect(stderr).toContain('kinit adopt');
    }
    const other = await kinit(['init', '-i', await with_('other', `clusterId: ${OTHER}`)]);
    expect({ code: other.code, said: other.stderr }).toMatchObject({
      code: 20,
      said: expect.stringContaining(OTHER) as string,
    });
    expect(await state()).toEqual(before);
    const { code, events } = await kinitEvents(['plan', '-i', await with_('adopted', `clusterId: ${id}`)]);
    expect(code).toBe(0);
    expect(all(events, 'change-planned').map(({ change }) => change.resource)).toContain(
      'clusterRecord:kube-system/kinit',
    );
    expect(only(events, 'run-finished').failedHosts).toEqual([]);
    await cluster.sh('node1', 'mv /root/journal /var/lib/kinit/journal');
  });

  const forget = async (): Promise<void> => {
    await cluster.kubectl('-n kube-system delete configmap kinit');
    await cluster.sh('node1', `rm ${COPY}`);
  };
});

const NO_NFT = '/usr/local/sbin/nft';
const COPY = '/etc/kubernetes/pki/kinit-record.yaml';
const WATCHED = '/run/lease-seen';
const OTHER = '11111111-1111-4111-8111-111111111111';
