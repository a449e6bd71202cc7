import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { all, eventually, kinit, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { preparedHosts } from '../e2e/support/prepared.js';

const PREPARATION = 'hostname,hosts-file,packages,time,swap,modules,sysctls,binaries,runtime,images,kubelet';
/** What the lab's nested hosts lack. */
const UNLIKE_A_MACHINE = '--ignore-preflight-errors=all';

interface Inventory {
  readonly hosts: readonly { readonly address: string }[];
  readonly [option: string]: unknown;
}

let cluster: LabHandle;
/** Address of node2. */
let second: string;
const beside = (name: string): string => join(dirname(cluster.inventory), name);
const ONE = 'one.yaml';
const BOTH = 'both.yaml';

/** node1 is kinit's; node2 is in no inventory of it, and has what a person prepares by hand. */
beforeAll(async () => {
  cluster = await lab('kubeadm', { hosts: 2, snapshot: await preparedHosts() });
  const made = parse(readFileSync(cluster.inventory, 'utf8')) as Inventory;
  second = made.hosts[1]?.address ?? '';
  const hosts = made.hosts.map((host) => ({ ...host, roles: ['control-plane'] }));
  writeFileSync(beside(ONE), stringify({ ...made, hosts: hosts.slice(0, 1) }));
  writeFileSync(beside(BOTH), stringify({ ...made, hosts }));
  writeFileSync(beside('other.yaml'), stringify({ ...made, name: 'other', hosts: hosts.slice(1) }));
  await kinitOk(['init', '-i', beside(ONE)]);
  await kinitOk(['init', '-i', beside('other.yaml'), '--only', PREPARATION]);
  await cluster.sh(
    'node2',
    'rm -rf /var/lib/kinit /var/lib/kubelet /etc/kubernetes && mkdir -p /etc/kubernetes/manifests',
  );
});

afterAll(async () => {
  await cluster.down();
});

const offer = async (): Promise<string> =>
  (await kinitOk(['token', 'create', '--control-plane', '-i', beside(ONE)])).stdout.trim();
const nothingToChange = async (inventory: string): Promise<void> => {
  expect((await kinitOk(['plan', '-i', beside(inventory)])).stdout).toContain('Nothing to change.');
};
const secretOf = async (): Promise<string> =>
  cluster.kubectl('-n kube-system get secret,role,rolebinding -o name | grep kubeadm-certs || true');

test('what is put into the cluster for a joining control plane is the token’s, and goes with it', async () => {
  const command = await offer();
  expect((await secretOf()).trim().split('\n')).toHaveLength(3);
  const [, id = ''] = /--token ([a-z0-9]{6})\./.exec(command) ?? [];
  await kinitOk(['token', 'delete', id, '-i', beside(ONE)]);
  await eventually('the garbage collector', 60, async () => ((await secretOf()) === '' ? true : undefined));
});

test('the stock kubeadm joins a control plane to a host that kinit never touched; it serves what the first one stored', async () => {
  await cluster.kubectl('create secret generic before --from-literal=a=stored-before');
  const command = await offer();
  const joined = await cluster.sh('node2', `${command} ${UNLIKE_A_MACHINE}`, { timeoutSeconds: 300 });
  expect(joined.stdout).toContain('a new control plane instance was created');
  await cluster.kubectl('wait --for=condition=Ready node/node2 --timeout=120s', { timeoutSeconds: 130 });
  const read = await cluster.sh(
    'node2',
    `kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://${second}:6443 get secret before -o jsonpath='{.data.a}'`,
  );
  expect(Buffer.from(read.stdout, 'base64').toString()).toBe('stored-before');
  const members = await cluster.sh(
    'node1',
    'ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key etcdctl --endpoints https://127.0.0.1:2379 member list',
  );
  expect(members.stdout.match(/started/g)).toHaveLength(2);
  // The lines that came in the key are gone from it; what they held is root's alone.
  const files = await cluster.sh(
    'node2',
    'grep -c "# kinit" /etc/kubernetes/pki/sa.key; stat -c %a /etc/kubernetes/pki/sa.key /etc/kubernetes/encryption-config.yaml',
  );
  expect(files.stdout.trim().split('\n')).toEqual(['0', '600', '600']);
  await nothingToChange(ONE);
});

test('kubeadm renews the certificates of the first; kinit says so in one line, init starts anew what uses them, and finds nothing more', async () => {
  const told = async (): Promise<string[]> => {
    const { code, events } = await kinitEvents(['plan', '-i', beside(ONE)]);
    expect(code).toBe(0);
    return all(events, 'warning').flatMap(({ host, text }) =>
      text.includes('renewed') ? [`${String(host)}: ${text}`] : [],
    );
  };
  expect(await told()).toEqual([]);
  const end = async (): Promise<string> =>
    (await cluster.sh('node1', 'openssl x509 -noout -serial -in /etc/kubernetes/pki/apiserver.crt')).stdout;
  const before = await end();
  await cluster.sh('node1', 'kubeadm certs renew all --kubeconfig /etc/kubernetes/admin.conf', { timeoutSeconds: 120 });
  expect(await end()).not.toBe(before);
  expect(await told()).toEqual([
    'node1: certificates were renewed since kinit started what uses them (/etc/kubernetes/controller-manager.conf, /etc/kubernetes/scheduler.conf): kubeadm certs renew, somebody else, or a kinit that was cut did that. kinit init starts it anew with these; nothing else is to be done',
  ]);
  await kinitOk(['init', '-i', beside(ONE)]);
  const { stdout } = await kinit(['certs', 'list', '-i', beside(ONE)]);
  expect(stdout).not.toContain('NOT on');
  expect(await told()).toEqual([]);
  await nothingToChange(ONE);
});

test('put into the inventory, it becomes a host of kinit as others are', async () => {
  await kinitOk(['init', '-i', beside(BOTH)], { timeoutSeconds: 900 });
  await nothingToChange(BOTH);
});
