import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FORM, useForm } from './support/form.js';
import { all, failuresOf, kinitEvents, kinitOk, lab, only, type LabHandle } from './support/kinit.js';
import { differences, record, type Recording } from './support/recording/recording.js';
import { findsCause } from './support/examine.js';
import { SWAP_ON } from './support/provocations.js';
import { USERS_WORLD } from './support/recording/users-world.js';

const HOSTS = ['node1', 'node2'] as const;

let cluster: LabHandle;
const before = new Map<string, Recording>();
/** Sysctls outside net.* are the whole machine's: with other labs on it they are not this test's to judge. */
let aloneOnMachine = true;

beforeAll(async () => {
  cluster = await lab('undo', { hosts: HOSTS.length });
  useForm(cluster);
  const labs = (await kinitOk(['lab', 'list', '--output', 'json'])).stdout;
  aloneOnMachine = labs.split('\n').every((line) => line === '' || line.includes(`"${cluster.name}"`));
  for (const host of HOSTS) await cluster.sh(host, USERS_WORLD[host]);
  await recordAll(before);
});

afterAll(async () => {
  await cluster.down();
});

async function recordAll(into: Map<string, Recording>): Promise<void> {
  await Promise.all(HOSTS.map(async (host) => into.set(host, await record(cluster, host))));
}

async function changedSince(recorded: ReadonlyMap<string, Recording>): Promise<Record<string, string>> {
  const now = new Map<string, Recording>();
  await recordAll(now);
  const ignored = (section: string, key: string): boolean =>
    section === 'sysctl' && !aloneOnMachine && !key.startsWith('net.');
  return Object.fromEntries(
    HOSTS.map((host) => [host, differences(recorded.get(host) ?? new Map(), now.get(host) ?? new Map(), ignored)]),
  );
}

const UNCHANGED = Object.fromEntries(HOSTS.map((host) => [host, '']));

async function init(): Promise<void> {
  const { code, events, stderr } = await kinitEvents(['init', '-i', cluster.inventory]);
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
}

function warningsOf(events: Parameters<typeof all>[0]): string[] {
  return all(events, 'warning').map(({ host, text }) => `${host ?? '-'}: ${text}`);
}

test('two recordings of a host that nobody touched are the same', async () => {
  expect(await changedSince(before)).toEqual(UNCHANGED);
});

test('reset on a clean host has nothing to do', async () => {
  const { code, events } = await kinitEvents(['reset', '--yes', '-i', cluster.inventory]);
  expect({ code, changes: only(events, 'run-finished').changes, warnings: warningsOf(events) }).toEqual({
    code: 0,
    changes: 0,
    warnings: [],
  });
  expect(await changedSince(before)).toEqual(UNCHANGED);
});

test('swap that somebody turned on is found by the doctor on the node whose kubelet it stops', async () => {
  await init();
  await useCluster();
  await findsCause(cluster, SWAP_ON);
});

test('reset --remove-packages of a used cluster gives everything back as it was', async () => {
  // The recording must be able to tell a cluster from none.
  const during = await changedSince(before);
  for (const host of HOSTS)
    expect(during[host]).toMatch(
      /^(?=[^]*^file \/etc\/kubernetes)(?=[^]*^link cni0)(?=[^]*^nft table ip kube-proxy)(?=[^]*^package socat)(?=[^]*^process (kubelet|kinit-agent))/m,
    );
  const { code, events } = await kinitEvents(['reset', '--yes', '--remove-packages', '-i', cluster.inventory]);
  expect({ code, warnings: warningsOf(events) }).toEqual({ code: 0, warnings: [] });
  for (const { execChannels, host } of all(events, 'host-finished')) expect(execChannels, host).toBeGreaterThan(0);
  expect(
    all(events, 'host-finished')
      .map(({ host }) => host)
      .sort(),
  ).toEqual([...HOSTS]);
  expect(await changedSince(before)).toEqual(UNCHANGED);
});

test('reset a second time has nothing to do', async () => {
  const { code, events } = await kinitEvents(['reset', '--yes', '-i', cluster.inventory]);
  expect({ code, changes: only(events, 'run-finished').changes, warnings: warningsOf(events) }).toEqual({
    code: 0,
    changes: 0,
    warnings: [],
  });
});

test('reset keeps packages unless told otherwise, works while the API is down, and says what it could not do', async () => {
  const withPackages = await recordWithPackages();
  writeFileSync(cluster.inventory, readFileSync(cluster.inventory, 'utf8') + '\nproxyMode: iptables\n');
  await init();
  await useCluster();
  await cluster.sh('node1', API_DOWN[FORM]);
  const worker = await kinitEvents(['reset', 'node2', '--yes', '-i', cluster.inventory]);
  expect({ code: worker.code, failures: failuresOf(worker.events) }).toEqual({ code: 0, failures: [] });
  expect(warningsOf(worker.events)).toEqual([
    expect.stringMatching(/^-: it cannot be seen what drains would end/),
    expect.stringMatching(/^node2: could not drain it and delete its node object .*kubectl delete node node2/),
  ]);
  await cluster.sh('node1', 'rm -f /root/kube-apiserver.yaml');
  const rest = await kinitEvents(['reset', '--yes', '-i', cluster.inventory]);
  expect({ code: rest.code, warnings: warningsOf(rest.events) }).toEqual({ code: 0, warnings: [] });
  expect(await changedSince(withPackages)).toEqual(UNCHANGED);
});

const API_DOWN = {
  'static-pods':
    'mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/ && while crictl ps -q --name kube-apiserver | grep -q .; do sleep 0.2; done',
  embedded: 'timeout 100 systemctl stop kinit-server',
};

/** Pods with volumes, a Service and a host port on both nodes: mounts, rules and links as a used cluster has them. */
async function useCluster(): Promise<void> {
  await cluster.sh(
    'node1',
    `export KUBECONFIG=/etc/kubernetes/admin.conf KUBECACHEDIR=/tmp/kubectl
     image=$(crictl images -o json | grep -o '"[^"]*nginx:[^"]*"' | head -1 | tr -d '"')
     kubectl create namespace used; kubectl label namespace used pod-security.kubernetes.io/enforce=privileged
     kubectl apply -f - <<END 2>/dev/null
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web, namespace: used }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      tolerations: [{ operator: Exists }]
      containers:
      - name: web
        image: $image
        ports: [{ containerPort: 80, hostPort: 8088 }]
        volumeMounts: [{ name: memory, mountPath: /memory }, { name: mine, mountPath: /mine }]
      volumes:
      - { name: memory, emptyDir: { medium: Memory } }
      - { name: mine, hostPath: { path: /srv/data } }
END
     kubectl -n used create service nodeport web --tcp 80:80
     kubectl -n used rollout status daemonset/web --timeout=120s`,
    { timeoutSeconds: 150 },
  );
}

/** What the hosts are with the same packages installed by hand: what a reset that keeps packages must leave. */
async function recordWithPackages(): Promise<ReadonlyMap<string, Recording>> {
  const recorded = new Map<string, Recording>();
  const { events } = await kinitEvents(['plan', '-i', cluster.inventory]);
  const wanted = new Map(
    all(events, 'change-planned')
      .filter(({ change }) => change.resource.startsWith('packages:'))
      .map(({ host, change }) => [host, change.summary.replace('install ', '')]),
  );
  expect([...wanted.keys()].sort()).toEqual([...HOSTS]);
  await Promise.all(
    HOSTS.map((host) =>
      cluster.sh(
        host,
        `DEBIAN_FRONTEND=noninteractive apt-get -y install --no-install-recommends ${wanted.get(host) ?? ''} > /dev/null`,
      ),
    ),
  );
  await recordAll(recorded);
  const mine = HOSTS.map((host) => [...(before.get(host)?.get('package')?.keys() ?? [])]);
  await Promise.all(
    HOSTS.map((host, index) => {
      const added = [...(recorded.get(host)?.get('package')?.keys() ?? [])].filter(
        (name) => mine[index]?.includes(name) !== true,
      );
      return cluster.sh(host, `DEBIAN_FRONTEND=noninteractive apt-get -y purge ${added.join(' ')} > /dev/null`);
    }),
  );
  return recorded;
}
