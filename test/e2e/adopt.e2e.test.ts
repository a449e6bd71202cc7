import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { all, eventually, failuresOf, kinit, kinitEvents, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';

const KUBEADM_CONFIG = readFileSync(new URL('support/stock-kubeadm.yaml', import.meta.url), 'utf8');
const PHASES = 'hostname,hosts-file,packages,time,swap,modules,sysctls,binaries,runtime,images,kubelet';
/** A pod network as somebody may have set it up by hand: a bridge a node, and routes between them. */
const NETWORK = `R=$1; O=$2; VIA=$3
cat > /etc/cni/net.d/10-by-hand.conflist <<E
{"cniVersion":"1.0.0","name":"by-hand","plugins":[{"type":"bridge","bridge":"hand0","isGateway":true,"ipMasq":false,"ipam":{"type":"host-local","ranges":[[{"subnet":"$R"}]],"routes":[{"dst":"0.0.0.0/0"}]}},{"type":"portmap","capabilities":{"portMappings":true}}]}
E
ip route replace "$O" via "$VIA"`;

let cluster: LabHandle;
const folder = mkdtempSync(join(tmpdir(), 'kinit-adopt-'));
const adopted = join(folder, 'adopted.yaml');

/** Two nodes that only the stock kubeadm has joined; what a person prepares by hand, kinit did, and has forgotten. */
beforeAll(async () => {
  cluster = await lab('adopt', { hosts: 2, snapshot: await preparedHosts() });
  await kinitOk(['init', '-i', cluster.inventory, '--only', PHASES]);
  for (const host of ['node1', 'node2']) await cluster.sh(host, 'rm -rf /var/lib/kinit; rm -f /etc/cni/net.d/*');
  const config = `${KUBEADM_CONFIG}maxPods: 77\n`;
  await cluster.sh(
    'node1',
    `cat > /root/kubeadm.yaml <<'E'\n${config}E\nkubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all`,
    { timeoutSeconds: 300 },
  );
  const joinCommand = (await cluster.sh('node1', 'kubeadm token create --print-join-command')).stdout.trim();
  await cluster.sh('node2', `${joinCommand} --ignore-preflight-errors=all`, { timeoutSeconds: 300 });
  const [first = '', second = ''] = await eventually('a pod range for both nodes', 60, async () => {
    const ranges = (await cluster.kubectl("get nodes -o jsonpath='{.items[*].spec.podCIDR}'")).trim().split(' ');
    return ranges.length === 2 ? ranges : undefined;
  });
  const [one = '', two = ''] = hosts().map(({ address }) => address);
  await cluster.sh('node1', `set -- ${first} ${second} ${two}; ${NETWORK}`);
  await cluster.sh('node2', `set -- ${second} ${first} ${one}; ${NETWORK}`);
  await cluster.kubectl('wait --for=condition=Ready node --all --timeout=120s', { timeoutSeconds: 130 });
  await cluster.kubectl('create configmap precious --from-literal=kept=yes');
  await cluster.kubectl('create secret generic word --from-literal=kept=secret');
  await cluster.kubectl('label node node2 example.com/disk=ssd');
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cluster.down();
});

interface Inventory {
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly ssh: Readonly<Record<string, unknown>>;
  readonly [option: string]: unknown;
}

function inventoryAt(file: string): Inventory {
  return parse(readFileSync(file, 'utf8')) as Inventory;
}

function hosts(): Inventory['hosts'] {
  return inventoryAt(cluster.inventory).hosts;
}

/** A file that the lab's inventory names. */
function besideInventory(file: unknown): string {
  return resolve(dirname(cluster.inventory), String(file));
}

/** Files and pods that nothing but an init may change. */
const state = async (): Promise<string> => {
  const files = 'sha256sum /etc/kubernetes/manifests/* /etc/kubernetes/pki/ca.crt /var/lib/kubelet/config.yaml';
  const pods = await cluster.kubectl('-n kube-system get pods -o custom-columns=U:.metadata.uid --no-headers');
  return `${(await cluster.sh('node1', files)).stdout}${pods}`;
};

test('init, join and plan do not touch a cluster that kinit did not make, and name the way in', async () => {
  const before = await state();
  for (const command of ['plan', 'init', 'join']) {
    const { code, stderr } = await kinit([command, '-i', cluster.inventory]);
    expect(stderr).toContain('a cluster that kinit did not make runs on node1; nothing was changed');
    expect(stderr).toContain('kinit adopt');
    expect({ command, code }).toEqual({ command, code: 20 });
  }
  expect(await state()).toBe(before);
});

test('adopt writes the inventory that describes it, shows the plan, and changes nothing', async () => {
  const before = await state();
  const { ssh } = inventoryAt(cluster.inventory);
  const [first] = hosts();
  const args = [
    'adopt',
    `root@${first?.address ?? ''}`,
    '-i',
    adopted,
    '--identity-file',
    besideInventory(ssh['identityFile']),
  ];
  const home = mkdtempSync(join(folder, 'home-'));
  const { stdout } = await kinitOk([...args, '--accept-new-host-keys'], { env: { HOME: home }, timeoutSeconds: 120 });
  expect(stdout).toContain('The pod network stays as it is (network.plugin: none)');
  expect(stdout).toContain('/etc/kubernetes/manifests/kube-apiserver.yaml');
  const uid = await cluster.kubectl("get namespace kube-system -o jsonpath='{.metadata.uid}'");
  expect(inventoryAt(adopted)).toMatchObject({
    name: 'kubernetes',
    clusterId: uid,
    kubernetesVersion: '1.36.3',
    hosts: [
      { name: 'node1', address: first?.address, roles: ['control-plane'] },
      { name: 'node2', roles: ['worker'], labels: { 'example.com/disk': 'ssd' } },
    ],
    network: { plugin: 'none', podCIDR: '10.244.0.0/16', serviceCIDR: '10.96.0.0/12', domain: 'cluster.local' },
    proxyMode: 'iptables',
    kubelet: { config: { maxPods: 77 } },
    firewall: 'keep',
  });
  expect(await state()).toBe(before);

  const again = await kinit([...args, '--no-plan'], { env: { HOME: home } });
  expect(again).toMatchObject({
    code: 10,
    stderr: expect.stringContaining('is there already; it stays as it is') as unknown,
  });
});

test('init with it takes the cluster over: nothing is lost, everything works, and a second one changes nothing', async () => {
  // As a person may: the login of the lab's hosts, and its known hosts.
  const text = readFileSync(adopted, 'utf8').replace(/^ssh:\n( .*\n)*/m, '');
  const { ssh } = inventoryAt(cluster.inventory);
  const login = {
    ...ssh,
    identityFile: besideInventory(ssh['identityFile']),
    knownHostsFile: besideInventory(ssh['knownHostsFile']),
  };
  writeFileSync(adopted, `${text}ssh: ${JSON.stringify(login)}\n`);
  const { code, events, stderr } = await kinitEvents(['init', '-i', adopted]);
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
  expect(await cluster.kubectl("get configmap precious -o jsonpath='{.data.kept}'")).toBe('yes');
  expect(await cluster.kubectl("get secret word -o jsonpath='{.data.kept}'")).toBe(
    Buffer.from('secret').toString('base64'),
  );
  expect((await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)).toHaveLength(2);
  expect((await cluster.sh('node2', 'cat /var/lib/kubelet/config.yaml')).stdout).toContain('maxPods: 77');
  const second = await kinitEvents(['init', '-i', adopted]);
  expect({ code: second.code, changes: all(second.events, 'change-applied') }).toEqual({ code: 0, changes: [] });
});
