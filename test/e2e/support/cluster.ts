import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined } from '../../../src/model/defined.js';
import { hardeningFaults } from './hardening.js';
import { all, eventually, failuresOf, kinitEvents, kinitOk, lab, only, type LabHandle } from './kinit.js';
import { TRACES } from './network.js';
import { changedInventory } from './running.js';
import { shape, type Shape } from './shapes.js';
import { fetchPage, startWeb } from './web.js';

type Tests = (cluster: () => LabHandle) => void;

/**
 * What every form of cluster has to do, from three hosts to a reset that leaves nothing. `others` are tests of its own:
 * on the cluster as init made it, once it serves pages, and at the end, where nothing waits for what watches the API (after a long
 * outage that comes back up to a minute late). `hosts` gives a snapshot to begin from; default: bare hosts.
 * @param name of its lab
 */
export function testCluster(
  wanted: Shape,
  name: string,
  others: {
    readonly running?: Tests;
    readonly serving?: Tests;
    readonly ending?: Tests;
    readonly hosts?: () => Promise<string>;
  } = {},
): void {
  const { form } = wanted;
  let cluster: LabHandle;
  let snapshot: string | undefined;

  beforeAll(async () => {
    snapshot = await others.hosts?.();
    cluster = await lab(name, { hosts: 3, ...wanted.size, ...defined({ snapshot }) });
    shape(wanted, cluster.inventory);
  });

  afterAll(async () => {
    await cluster.down();
  });

  const init = (...more: string[]): ReturnType<typeof kinitEvents> =>
    kinitEvents(['init', '-i', cluster.inventory, ...more]);

  async function readyNodes(): Promise<string[]> {
    const lines = (await cluster.kubectl('get nodes --no-headers')).trim().split('\n');
    return lines
      .filter((line) => line.split(/\s+/)[1] === 'Ready')
      .map((line) => line.split(/\s+/)[0] ?? '')
      .sort();
  }

  test('init turns three hosts into a cluster, within ten exec channels a host', async () => {
    const { code, events, stderr } = await init();
    expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
      code: 0,
      stderr: '',
      failures: [],
    });
    expect(only(events, 'run-finished').changes).toBeGreaterThan(100);
    // A host that answers late because this machine is busy is sent files on several channels; not all three are late.
    const channels = all(events, 'host-finished').map(({ execChannels }) => execChannels);
    expect(Math.min(...channels), channels.join()).toBeLessThanOrEqual(10);
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
    expect(await cluster.kubectl("get nodes -o jsonpath='{.items[*].status.nodeInfo.kubeletVersion}'")).toBe(
      'v1.36.3 v1.36.3 v1.36.3',
    );
  });

  test('kubelets, kube-proxy and the pod network reach the API through the balancer on their node, which nobody else reaches', async () => {
    const look = `sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf
      ss -Htln | awk '{print $4}' | grep ':6444$'
      ss -Htnp state established dst 127.0.0.1:6444 | grep -o '"[^"]*"' | tr -d '"' | sort -u`;
    const clients = form === 'embedded' ? ['flanneld', 'kinit-agent'] : ['flanneld', 'kube-proxy', 'kubelet'];
    for (const host of ['node1', 'node2', 'node3']) {
      const [server, listens, ...from] = (await cluster.sh(host, look)).stdout.trim().split('\n');
      expect({ host, server, listens }).toEqual({
        host,
        server: 'https://127.0.0.1:6444',
        listens: '127.0.0.1:6444',
      });
      expect(from, host).toEqual(expect.arrayContaining(clients));
    }
    // What is read where kinit prepared nothing has an address that is reached from there.
    expect(await cluster.kubectl('-n kube-public get configmap cluster-info -o yaml')).toMatch(
      /server: https:\/\/10\.\d+\.\d+\.\d+:6443/,
    );
  });

  test('init again changes nothing and says so, within three exec channels a host', async () => {
    const { code, events } = await init();
    expect(code).toBe(0);
    expect(all(events, 'change-applied')).toEqual([]);
    expect(only(events, 'run-finished').changes).toBe(0);
    for (const host of all(events, 'host-finished')) expect(host.execChannels, host.host).toBeLessThanOrEqual(3);
  });

  test('plan has nothing to say about a cluster that is as it should be', async () => {
    const { code, events } = await kinitEvents(['plan', '-i', cluster.inventory]);
    expect({ code, planned: all(events, 'change-planned') }).toEqual({ code: 0, planned: [] });
  });

  others.running?.(() => cluster);

  test('files, owners and flags of running hosts are as the CIS benchmark wants them', async () => {
    const faults = await Promise.all([
      hardeningFaults(cluster, 'node1', 'control-plane', form),
      hardeningFaults(cluster, 'node2', 'worker', form),
    ]);
    expect(faults.flat()).toEqual([]);
  });

  test('a Service answers on every node, by its NodePort and by its DNS name from a pod', async () => {
    const port = await startWeb(cluster, 2);
    const addresses = (await cluster.kubectl("get nodes -o jsonpath='{.items[*].status.addresses[0].address}'")).split(
      ' ',
    );
    expect(addresses).toHaveLength(3);
    const fetched = addresses.map((address) => fetchPage(address, port));
    const page = await eventually('the page through every node', 30, () => cluster.sh('node2', fetched.join(' && ')));
    expect(page.stdout.trim()).toBe('ok ok ok');
  });

  others.serving?.(() => cluster);

  test('join adds a fourth host to the running cluster; the others learn its name', async () => {
    cluster = await lab(name, { hosts: 4, ...wanted.size, ...defined({ snapshot }) });
    const { code, events } = await kinitEvents(['join', '-i', cluster.inventory]);
    expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3', 'node4']);
    expect((await cluster.sh('node1', 'cat /etc/hosts')).stdout).toContain('node4');
    expect((await kinitOk(['token', 'list', '-i', cluster.inventory])).stdout).not.toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}/);
  });

  test('reset gives the fourth host back and takes its node out of the cluster', async () => {
    await kinitOk(['reset', 'node4', '--yes', '-i', cluster.inventory]);
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
    expect((await cluster.sh('node4', LEFTOVERS)).stdout).toBe('');
    const again = await kinitEvents(['reset', 'node4', '--yes', '-i', cluster.inventory]);
    expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
  });

  test('the stock kubeadm joins a host that kinit prepared, with the printed command', async () => {
    const prepared = await kinitEvents(['join', 'node4', '--skip', 'join,node,ready', '-i', cluster.inventory]);
    expect({ code: prepared.code, failures: failuresOf(prepared.events) }).toEqual({ code: 0, failures: [] });
    const printed = (
      await kinitOk(['token', 'create', '--ttl', '15m', '--print-join-command', '-i', cluster.inventory])
    ).stdout.trim();
    expect(printed).toMatch(
      /^kubeadm join \S+ --token [a-z0-9]{6}\.[a-z0-9]{16} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}$/,
    );
    // The lab's nested hosts lack what kubeadm's preflight wants of a kernel (no /lib/modules, cgroup v1); the join itself is stock.
    const joined = await cluster.sh(
      'node4',
      `${printed} --ignore-preflight-errors=SystemVerification,Swap,FileContent--proc-sys-net-bridge-bridge-nf-call-iptables`,
      { timeoutSeconds: 180 },
    );
    expect(joined.stdout).toContain('This node has joined the cluster');
    await eventually('node4 Ready', 90, async () => ((await readyNodes()).includes('node4') ? true : undefined));
  });

  test('the stock kubeadm reads every certificate', async () => {
    const { stdout } = await cluster.sh(
      'node1',
      'kubeadm certs check-expiration --kubeconfig /etc/kubernetes/admin.conf',
    );
    const names = [...CERTIFICATES, ...(form === 'embedded' ? [] : OF_ETCD)];
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name.replace('.', '\\.')}\\s+\\w{3} \\d`, 'm'));
    expect(stdout).not.toMatch(/MISSING|<invalid>/);
  });

  test('init takes a host that kubeadm joined as its own', async () => {
    const { code, events } = await init();
    expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3', 'node4']);
  });

  others.ending?.(() => cluster);

  test('reset of all leaves no trace, and init on the same hosts works again', async () => {
    await kinitOk(['reset', '--yes', '-i', cluster.inventory]);
    for (const host of ['node1', 'node2', 'node3', 'node4'])
      expect((await cluster.sh(host, LEFTOVERS)).stdout, host).toBe('');
    // The first two of them: what a reset leaves, it leaves on each.
    const two = await changedInventory(cluster, 'two', (text) => text.replace(/ {2}- name: node3[^]*?(?=\nssh:)/, ''));
    const { code, events } = await kinitEvents(['init', '-i', two]);
    expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
    expect(await readyNodes()).toEqual(['node1', 'node2']);
  });
}

/** As the stock kubeadm lists them. */
const CERTIFICATES = [
  'admin.conf',
  'apiserver',
  'apiserver-kubelet-client',
  'controller-manager.conf',
  'front-proxy-client',
  'scheduler.conf',
  'super-admin.conf',
  'ca',
  'front-proxy-ca',
];

/** It knows those of a datastore only where it is etcd's. */
const OF_ETCD = ['apiserver-etcd-client', 'etcd-healthcheck-client', 'etcd-peer', 'etcd-server', 'etcd-ca'];

/** Prints whatever a cluster left on a host: files, units, mounts, links, rules, processes, users. */
const LEFTOVERS = `
for path in /etc/kubernetes /root/.kube/config /etc/containerd /etc/cni /opt/cni /var/lib/kinit /var/lib/kubelet/config.yaml ${TRACES.paths.join(' ')} \\
  /etc/systemd/system/kubelet.service /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service.d /etc/crictl.yaml \\
  /etc/systemd/system/kinit-server.service /usr/local/bin/kinit-server /usr/local/bin/kinit-agent /var/lib/kube-proxy /usr/local/bin/kubelet /usr/local/bin/kube /usr/local/bin/containerd /usr/local/bin/runc /etc/sysctl.d/zzz-kinit.conf /etc/modules-load.d/kinit.conf /var/log/pods; do
  [ ! -e "$path" ] || echo "file $path"
done
find /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/lib/kinit-datastore -mindepth 1 2>/dev/null | head -5
grep -E 'kubelet/|containerd/|/netns/cni' /proc/self/mounts | grep -vE ' /var/lib/(kubelet|containerd|etcd) ' | head -5
for link in ${TRACES.links.join(' ')}; do [ ! -e /sys/class/net/$link ] || echo "link $link"; done
if command -v nft >/dev/null; then nft list ruleset | grep -iE '${TRACES.chains.join('|')}' | head -5; fi
ps -eo comm= | grep -E '^(kubelet|kube-|kinit-|etcd|containerd|flanneld|coredns)' | head -5
grep kinit /etc/hosts
getent passwd etcd
true`;
