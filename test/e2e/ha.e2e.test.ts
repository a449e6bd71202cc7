import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killHost, startHost, type Lab } from '../../src/lab/index.js';
import { runLocal } from '../../src/ssh/local.js';
import { FROZEN, KILLED, letIn, suffer } from '../failover/troubles.js';
import { kubeBinary } from './support/control-plane.js';
import { controlPlanes, type ControlPlanes } from './support/control-planes.js';
import { cutWhen } from './support/cuts.js';
import { EVERYTHING, leftOut } from './support/everything.js';
import { findsCause } from './support/examine.js';
import { etcdctl, LOCAL, membersOn, startWriter } from './support/etcd.js';
import { all, eventually, failuresOf, kinit, kinitEvents, kinitOk, only, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';

const NAMES = ['node1', 'node2', 'node3'];

/** Control planes that come, fail and go: three hosts that are control plane and worker at once, with etcd on each. */
let hosts: ControlPlanes;
let cluster: LabHandle;
let machines: Lab;
/** Inventories with the first host only, and with all three. */
let one: string;
/** Of the control plane that is left in the end. */
let last: string;
let three: string;
/** Of the node whose balancer clients come to. */
let address: string | undefined;

beforeAll(async () => {
  hosts = await controlPlanes('ha', 3);
  ({ cluster, machines } = hosts);
  three = await hosts.inventory('three', NAMES);
  one = await hosts.inventory('one', ['node1']);
  await kinitOk(['init', '-i', one]);
});

afterAll(async () => {
  await cluster.down();
});

const members = (from = 'node1'): Promise<string[]> => membersOn(cluster, from);

const kubectlOn = (host: string, args: string): Promise<string> => hosts.kubectlOn(host, args);
const record = (host: string): Promise<string> =>
  kubectlOn(host, `-n kube-system get configmap kinit -o jsonpath='{.data.record\\.yaml}'`);

/** kubectl on this machine, with the kubeconfig of a folder; gives what it prints on a line `kubectl ...`. */
async function kubectlIn(folder: string): Promise<(line: string) => Promise<string>> {
  symlinkSync((await kubeBinary()) ?? '', join(folder, 'kubectl'));
  const env = {
    KUBECONFIG: join(folder, 'kubeconfig'),
    KUBECACHEDIR: folder,
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
  };
  return async (line) => (await runLocal('sh', ['-c', line], { env, timeoutSeconds: 60 })).stdout.trim();
}

const THREE = ['node1 voter', 'node2 voter', 'node3 voter'];

test('from one control plane to three: killed when etcd has taken the second, behind a member that somebody added and never started', async () => {
  await cluster.sh(
    'node1',
    etcdctl(LOCAL, `member add node3 --learner --peer-urls https://${hosts.address('node3')}:2380`),
  );
  const cut = await cutWhen(['init', '-i', three], async (events) => {
    for await (const event of events) {
      if (event.type === 'change-applied' && event.change.resource === 'etcdMember:node2') break;
    }
  });
  expect(cut).toBe('killed');
  const halfway = await members();
  expect(halfway.filter((member) => member !== '? learner' && member !== 'node2 learner')).toEqual(['node1 voter']);
  expect(halfway).toHaveLength(2);

  const { code, events, stderr } = await kinitEvents(['init', '-i', three]);
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
  expect(await members()).toEqual(THREE);
  expect(await record('node2')).toMatch(/members:\n {4}node1: .*\n {4}node2: .*\n {4}node3: /);
  const labelled = await kubectlOn('node3', 'get nodes -l node-role.kubernetes.io/control-plane -o name');
  expect(labelled.trim().split('\n')).toEqual(['node/node1', 'node/node2', 'node/node3']);
});

test('again changes nothing, keys are for root alone, and the stock kubeadm reads what is there', async () => {
  const again = await kinitEvents(['init', '-i', three]);
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
  for (const host of ['node2', 'node3']) {
    const keys = await cluster.sh(
      host,
      'find /etc/kubernetes -name "*.key" -o -name "*.conf" | xargs stat -c %a | sort -u',
    );
    expect(keys.stdout.trim()).toBe('600');
    const read = await cluster.sh(host, 'kubeadm certs check-expiration --kubeconfig /etc/kubernetes/admin.conf 2>&1');
    expect(read.stdout).toMatch(/apiserver-etcd-client[^]*etcd-server[^]*front-proxy-client/);
  }
  const same = 'sha256sum /etc/kubernetes/pki/ca.key /etc/kubernetes/pki/sa.key /etc/kubernetes/pki/front-proxy-ca.key';
  expect((await cluster.sh('node3', same)).stdout).toBe((await cluster.sh('node1', same)).stdout);
});

test.each([KILLED, FROZEN])(
  '$title under clients at a balancer: no write that was acknowledged is lost, no answer is wrong',
  async (trouble) => {
    address ??= await letIn(cluster, 'node2');
    const { written, lost, wrong } = await suffer(cluster, { inventory: three, address }, trouble);
    expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
    expect(written).toBeGreaterThan(50);
  },
);

test('an API server that hangs: the doctor names it, runs go through another one and say so, and by the advice it goes on', async () => {
  await findsCause(
    { ...cluster, inventory: three },
    {
      cause: 'hangs',
      host: 'node1',
      found: /^(kube-apiserver|kinit-server) \(pid \d+\) takes up no connections: \d+ wait at port 6443$/,
      advice: /where ps -o stat= -p \d+ says T, somebody stopped it: kill -CONT \d+; else /,
      first: true,
      everywhere: true,
      // The balancers knock each second; before some of them wait there is nothing to be seen.
      provoke: () =>
        cluster.sh(
          'node1',
          `${FROZEN.begin}; i=0; until [ "$(ss -Hltn 'sport = :6443' | awk '{ print $2; exit }')" -gt 4 ]; do i=$((i + 1)); [ $i -lt 30 ] || exit 1; sleep 1; done`,
        ),
      mend: async () => {
        const plan = await kinitEvents(['plan', '-i', three], { timeoutSeconds: 60 });
        await cluster.sh('node1', FROZEN.end);
        expect({ code: plan.code, planned: all(plan.events, 'change-planned') }).toEqual({ code: 0, planned: [] });
        expect(all(plan.events, 'warning')).toContainEqual(
          expect.objectContaining({
            host: 'node1',
            text: expect.stringMatching(/^its API server takes up no connections/) as string,
          }),
        );
      },
    },
  );
  await eventually('its API server answers again', 60, () =>
    cluster.sh('node1', 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s get --raw /readyz'),
  );
});

test('the first host goes off under writes: none that was acknowledged is lost; plan, init and status work without it', async () => {
  const writer = await startWriter(cluster, 'node3', NAMES.map(hosts.address));
  await writer.goesOn(20);
  // Both pods of cluster DNS are there, where the first host was alone: they have to come over for a run that says all is well.
  await killHost(machines, 'node1');
  await writer.goesOn(30);

  const plan = await kinitEvents(['plan', '-i', three]);
  expect({ code: plan.code, planned: all(plan.events, 'change-planned') }).toEqual({ code: 12, planned: [] });
  const init = await kinitEvents(['init', '-i', three]);
  expect({
    code: init.code,
    failures: init.code === 16 ? [] : failuresOf(init.events),
    applied: all(init.events, 'change-applied').map(({ change }) => change.resource),
  }).toEqual({ code: 16, failures: [], applied: [] });
  expect((await kinit(['status', '-i', three])).stdout).toMatch(/node1[^]*node2[^]*node3/);

  // What lies on the hosts names the first one: from outside another is asked.
  const folder = mkdtempSync(join(tmpdir(), 'kinit-ha-'));
  await kinitOk(['kubeconfig', '-i', three], { cwd: folder });
  const kubectl = await kubectlIn(folder);
  const [, name = ''] = /^(\S+)@node2$/.exec(await kubectl('kubectl config current-context')) ?? [];
  const nodes = NAMES.map((node) => `node/${node}`).join('\n');
  expect(await kubectl('kubectl get nodes -o name')).toBe(nodes);
  expect(await kubectl(`kubectl --context ${name}@node3 get nodes -o name`)).toBe(nodes);
  await kubectl(`kubectl config use-context ${name}@node3`);
  const server = "kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'";
  expect(await kubectl(server)).toBe(`https://${hosts.address('node3')}:6443`);
  expect(await kubectl('kubectl get nodes -o name')).toBe(nodes);

  expect(await writer.lost('node2')).toEqual([]);
  expect((await writer.acknowledged()).length).toBeGreaterThanOrEqual(50);
});

test('a member does not go while another is away; back on, all is as it was', async () => {
  const refused = await kinit(['reset', 'node3', '--yes', '-i', three]);
  expect({ code: refused.code, said: refused.stderr }).toEqual({
    code: 20,
    said: expect.stringMatching(
      /node3 cannot leave; nothing was changed[^]*of the 2 members of etcd that would stay 1 answer, and 2 must/,
    ) as string,
  });
  await startHost(machines, 'node1');
  await eventually('all members to answer', 120, async () =>
    (await cluster.sh('node2', etcdctl(LOCAL, 'endpoint health --cluster'), { reject: false })).code === 0
      ? true
      : undefined,
  );
  const again = await kinitEvents(['init', '-i', three]);
  expect({
    code: again.code,
    applied: all(again.events, 'change-applied').map(({ change }) => change.resource),
  }).toEqual({
    code: 0,
    applied: [],
  });
});

test('a host that was made anew under its name and address comes back as a member', async () => {
  // By itself it is a whole cluster, which nobody has to be taken out of: it is bare then, and etcd still counts on it.
  const alone = await hosts.inventory('alone', ['node3']);
  await kinitOk(['reset', '--yes', '-i', alone]);
  expect(await members()).toEqual(THREE);
  const { code, events } = await kinitEvents(['init', '-i', three]);
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  expect(await members('node3')).toEqual(THREE);
});

test('from three to one, the one that began the cluster among those that leave; the record and the endpoint follow', async () => {
  const { code, events: left } = await kinitEvents(['reset', 'node1', 'node2', '--yes', '-i', three]);
  const endpoint = `${hosts.address('node3')}:6443`;
  expect({ code, failures: failuresOf(left) }).toEqual({ code: 0, failures: [] });
  expect(all(left, 'warning').map(({ text }) => text)).toContainEqual(
    expect.stringContaining(`is ${endpoint} now: take node1 out of the inventory`),
  );
  expect(await members('node3')).toEqual(['node3 voter']);
  expect(await record('node3')).not.toMatch(/node1|node2/);
  expect((await kubectlOn('node3', 'get nodes -o name')).trim()).toBe('node/node3');
  last = await hosts.inventory('last', ['node3']);
  const { code: after, events } = await kinitEvents(['init', '-i', last]);
  expect({ code: after, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  expect(await kubectlOn('node3', '-n kube-public get configmap cluster-info -o yaml')).toContain(
    `https://${endpoint}`,
  );
  expect((await kinitOk(['plan', '-i', last])).stdout).toContain('Nothing to change.');
});

test.runIf(EVERYTHING)(
  leftOut('the CAs of the cluster are replaced, killed in the middle; the node and its pods go on with the new ones'),
  async () => {
    const rotate = ['certs', 'rotate-ca', '--again', '--yes', '-i', last];
    const roots = async (): Promise<string[]> =>
      (await cluster.sh('node3', 'cd /etc/kubernetes/pki; sha256sum ca.crt front-proxy-ca.crt etcd/ca.crt')).stdout
        .split('\n')
        .filter((line) => line !== '');
    const old = await roots();
    const cut = await cutWhen(rotate, async (events) => {
      for await (const event of events)
        if (event.type === 'change-applied' && event.change.summary.includes('etcd/peer.crt')) break;
    });
    expect(cut).toBe('killed');
    const { code, stderr } = await kinit(rotate);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const now = await roots();
    expect(now).toHaveLength(3);
    expect(now.filter((line) => old.includes(line))).toEqual([]);
    expect(await kubectlOn('node3', 'get --raw /api/v1/nodes/node3/proxy/metrics/resource')).toContain(
      'node_cpu_usage',
    );
    expect((await kinitOk(['plan', '-i', last])).stdout).toContain('Nothing to change.');
  },
);

test('its only machine is gone: another one, with another address, becomes the cluster again from a backup', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-ha-'));
  const [data, keys] = [join(folder, 'cluster.backup'), join(folder, 'cluster.keys')];
  await kubectlOn('node3', 'create configmap before --from-literal=is=there');
  await kinitOk(['datastore', 'backup', '--file', data, '--keys', keys, '-i', last]);
  await killHost(machines, 'node3');
  const elsewhere = await changedInventory(
    { ...cluster, inventory: await hosts.inventory('two', ['node2']) },
    'elsewhere',
    (text) => text.replace('name: node2', 'name: node3'),
  );
  await kinitOk(['datastore', 'restore', data, '--keys', keys, '-i', elsewhere]);
  await kinitOk(['init', '-i', elsewhere]);
  await kinitOk(['datastore', 'restore', data, '--stop', '--yes', '-i', elsewhere]);
  await kinitOk(['init', '-i', elsewhere]);

  // A key that no control plane has any more: no other one is made, and the file of keys alone brings it back.
  const lost = '/etc/kubernetes/pki/sa.key';
  const digest = async (): Promise<string> => (await cluster.sh('node2', `sha256sum ${lost}`)).stdout;
  const before = await digest();
  await cluster.sh('node2', `rm ${lost}`);
  expect(await kinit(['init', '-i', elsewhere])).toMatchObject({
    code: 13,
    stderr: expect.stringContaining('kinit datastore restore --keys') as string,
  });
  await kinitOk(['datastore', 'restore', '--keys', keys, '-i', elsewhere]);
  expect(await digest()).toBe(before);
  await kinitOk(['init', '-i', elsewhere]);
  expect(await kubectlOn('node2', "get configmap before -o jsonpath='{.data.is}'")).toBe('there');
  expect(await kubectlOn('node2', "get node node3 -o jsonpath='{.status.addresses[0].address}'")).toBe(
    hosts.address('node2'),
  );
});
