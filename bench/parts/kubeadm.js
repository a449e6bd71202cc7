import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { answersOk, dnsAnswers, nodesReady } from '../lib/ask.js';
import { kinit, program } from '../lib/kinit.js';
import { onAll, onHost, sshConfig, withLab, writeInventory } from '../lib/lab.js';
import { timed } from '../lib/watch.js';

/** Everything that stands before a cluster can start; both find it in place. */
const PREPARE =
  'hostname,hosts-file,packages,time,swap,selinux,firewall,modules,sysctls,binaries,runtime,traces,images,kubelet';
/** What kubeadm waits for, and the API's own word on whether it is ready. */
const PORTS = {
  apiServer: { port: 6443, path: '/livez' },
  ready: { port: 6443, path: '/readyz' },
  controllerManager: { port: 10257, path: '/healthz' },
  scheduler: { port: 10259, path: '/livez' },
};
const DNS = { address: '10.96.0.10', name: 'kubernetes.default.svc.cluster.local' };
const STOCK = readFileSync(new URL('../../test/e2e/support/stock-kubeadm.yaml', import.meta.url), 'utf8');
const script = (name) => fileURLToPath(new URL(`../kubeadm/${name}.sh`, import.meta.url));

/** Back to a prepared host, after either of them: kubeadm's own reset, and what it says it leaves behind. */
const CLEAN = `timeout 240 kubeadm reset --force >/dev/null 2>&1
for link in cni0 flannel.1; do ip link delete "$link" 2>/dev/null; done
for table in kube-proxy flannel-ipv4 flannel-ipv6; do
  for family in ip ip6; do nft delete table "$family" "$table" 2>/dev/null; done
done
rm -rf /etc/cni/net.d/* /etc/kubernetes/* /var/lib/etcd /var/lib/cni /run/flannel /var/log/kubernetes /root/.kube`;

const WHO = { kinit: 'kinit', stock: 'kubeadm' };

/** How long a cluster takes on hosts that have everything. */
export const kubeadm = {
  id: 'kubeadm',
  title: 'Beside kubeadm',
  about: `Prepared hosts of a lab (programs, packages, images and the kubelet's unit in place), the stock \`kubeadm\` and kinit on them in turns.

- **One host**: until API server, controller manager and scheduler are healthy, which is what \`kubeadm init\` waits for, and until the
  command is done. kinit leaves out its last phase, the check of the whole cluster, which kubeadm does not have.
- **Three hosts**: until all nodes are Ready and the cluster's DNS, asked on each host at the address of its Service, tells an address. The opponent
  is a [script of ssh](../bench/kubeadm/up.sh): kept connections, joins in parallel, the pod network (the same objects that kinit applies) beside them. Its end is
  \`kubectl wait\`; kinit's is a check of DNS and Services from a pod on every node, so that "done" is not the same of both.
- **Join**: one more host, until its node is Ready.

kinit's clock starts with its process, so that its connections, facts, preflight and observation count; kubeadm's on one host when the host gets the
command, that of the scripts with their first line.`,
  figures: [
    { id: 'healthy', title: 'one host, healthy: kinit / kubeadm', unit: 'times', goal: 1 },
    { id: 'healthy-done', title: 'one host: kinit healthy / kubeadm init done', unit: 'times', goal: 1 },
    { id: 'ready', title: 'one host, API ready: kinit / kubeadm', unit: 'times' },
    { id: 'done', title: 'one host, done: kinit / kubeadm', unit: 'times', goal: 1 },
    { id: 'three', title: 'three hosts, Ready with DNS: kinit / script', unit: 'times', goal: 1 },
    { id: 'three-done', title: 'three hosts, done: kinit / script', unit: 'times' },
    { id: 'join', title: 'join to Ready: kinit / script', unit: 'times', goal: 1 },
    ...Object.entries(WHO).flatMap(([id, name]) => [
      { id: `healthy-${id}`, title: `one host, healthy: ${name}`, unit: 's' },
      { id: `done-${id}`, title: `one host, done: ${name}`, unit: 's' },
      { id: `three-${id}`, title: `three hosts, Ready with DNS: ${name}`, unit: 's' },
      { id: `three-done-${id}`, title: `three hosts, done: ${name}`, unit: 's' },
      { id: `join-${id}`, title: `join to Ready: ${name}`, unit: 's' },
    ]),
  ],
  missed: {
    healthy:
      "kubeadm begins with its pods about a second after its first line. kinit has connected by then, and goes on to read the host's facts and to compare all it wants (2.2 s from its start), to keys and manifests (0.7 s). Its controllers are written a second after the API server serves: one that finds no roles yet waits 2 to 4.4 s. In the events of three such runs (11.3 s): first pods at 2.9 s, the API server serves at 6.2, controllers work at 8.7 to 9.9. Next idea: fewer processes in the scripts of facts and of looks at a host, which take 0.3 to 0.6 s each.",
    'healthy-done': 'As above.',
    done: 'As above.',
    join: "From the start of the kubelet both take about 3.4 s to Ready. kinit's starts 3.3 s after the command, kubeadm's 1.3: 0.65 s until Node runs kinit's code, facts of the control plane 0.65, a try of the ways between the hosts 0.2, a look at the host 0.4, keys 0.3. Next idea: as above.",
  },
  async run({ rounds, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      return await withLab({ name: 'bench-kubeadm', hosts: 4, memory: '3G' }, (lab) =>
        onAll(lab, async (connections) => {
          const site = openSite(lab, folder, connections);
          try {
            say('preparing four hosts, and a first cluster of kinit to take the pod network from');
            await site.prepare();
            await kinit(['init', '-i', site.inventories.three, '--yes']);
            const version = await site.takeNetwork();
            await site.clean();
            for (const text of COMMANDS) command(text);
            for (let round = 1; round <= rounds; round += 1)
              await oneRound(site, { say: (text) => say(`round ${round} of ${rounds}: ${text}`), measured, round });
            return { versions: { kubeadm: version } };
          } finally {
            site.close();
          }
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const COMMANDS = [
  `kinit init -i INVENTORY --only ${PREPARE}`,
  'kubeadm init --config kubeadm.yaml --ignore-preflight-errors=all',
  'kinit init -i ONE-HOST --yes --skip ready',
  'bench/kubeadm/up.sh SSH-CONFIGURATION kubeadm.yaml network.json node1 node2 node3',
  'kinit init -i THREE-HOSTS --yes',
  'bench/kubeadm/join.sh SSH-CONFIGURATION node1 node4',
  'kinit join node4 -i FOUR-HOSTS --yes',
];

/** Both in all three, each on hosts that are prepared anew; who is first changes. */
async function oneRound(site, { say, measured, round }) {
  const order = round % 2 === 1 ? ['stock', 'kinit'] : ['kinit', 'stock'];
  const seconds = { one: {}, three: {}, join: {} };
  for (const who of order) {
    await site.prepare();
    seconds.one[who] = await site.one(who);
    await site.clean();
  }
  for (const who of order) {
    await site.prepare();
    seconds.three[who] = await site.three(who);
    seconds.join[who] = await site.join(who);
    await site.clean();
  }
  for (const who of order) {
    const [one, three, joined] = [seconds.one[who], seconds.three[who], seconds.join[who]];
    measured(`healthy-${who}`, one.healthy);
    measured(`done-${who}`, one.done);
    measured(`three-${who}`, three.working);
    measured(`three-done-${who}`, three.done);
    measured(`join-${who}`, joined.ready);
    const told = [one.healthy, one.done, three.working, three.done, joined.ready].map((value) => value.toFixed(1));
    say(
      `${WHO[who]}: healthy ${told[0]} s, done ${told[1]} s; three hosts ${told[2]} s, done ${told[3]} s; join ${told[4]} s`,
    );
  }
  const ratio = (deed, what, against = what) => seconds[deed].kinit[what] / seconds[deed].stock[against];
  measured('healthy', ratio('one', 'healthy'));
  measured('healthy-done', ratio('one', 'healthy', 'done'));
  measured('ready', ratio('one', 'ready'));
  measured('done', ratio('one', 'done'));
  measured('three', ratio('three', 'working'));
  measured('three-done', ratio('three', 'done'));
  measured('join', ratio('join', 'ready'));
}

/** The hosts with what both need on them, and what each of both does. */
function openSite(lab, folder, connections) {
  const [first] = connections;
  const names = lab.hosts.map(({ name }) => name);
  const inventories = Object.fromEntries(
    Object.entries({ one: 1, three: 3, four: 4 }).map(([id, count]) => [
      id,
      writeInventory(lab, { folder, id, hosts: lab.hosts.slice(0, count) }),
    ]),
  );
  const config = join(folder, 'ssh_config');
  writeFileSync(config, sshConfig(lab, lab.hosts, folder));
  const files = { kubeadm: join(folder, 'kubeadm.yaml'), network: join(folder, 'network.json') };
  const closeMasters = () => {
    for (const name of names)
      spawnSync('ssh', ['-F', config, '-O', 'exit', name], { stdio: 'ignore', timeout: 10_000 });
  };
  const shell = (name, args) => program('timeout', ['--kill-after=10', '900', 'bash', script(name), config, ...args]);
  return {
    inventories,
    prepare: () => kinit(['init', '-i', inventories.four, '--only', PREPARE]),
    clean: () => Promise.all(connections.map((connection) => onHost(connection, CLEAN))),
    takeNetwork: async () => {
      const { network, proxyMode, version } = await ofKinit(first);
      writeFileSync(files.network, network);
      const text = `${STOCK}---\n${proxyConfiguration(proxyMode)}`;
      writeFileSync(files.kubeadm, text);
      await onHost(first, 'cat > /root/kubeadm.yaml', { stdin: text });
      return version;
    },
    one: async (who) => {
      const watches = Object.entries(PORTS).map(([name, where]) => [name, () => answersOk(first, where)]);
      const took = await timed(Object.fromEntries(watches), () =>
        who === 'kinit'
          ? kinit(['init', '-i', inventories.one, '--yes', '--skip', 'ready'])
          : onHost(first, 'kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all'),
      );
      return { ...took, healthy: Math.max(took.apiServer, took.controllerManager, took.scheduler) };
    },
    three: async (who) => {
      const three = connections.slice(0, 3);
      let ready = false;
      const working = async () => {
        ready ||= await nodesReady(first, names.slice(0, 3));
        if (!ready) return false;
        return (await Promise.all(three.map((each) => dnsAnswers(each, DNS.address, DNS.name)))).every(Boolean);
      };
      const took = await timed({ working }, () =>
        who === 'kinit'
          ? kinit(['init', '-i', inventories.three, '--yes'])
          : shell('up', [files.kubeadm, files.network, ...names.slice(0, 3)]),
      );
      closeMasters();
      return took;
    },
    join: async (who) => {
      const [last] = names.slice(-1);
      const took = await timed({ ready: () => nodesReady(first, [last]) }, () =>
        who === 'kinit' ? kinit(['join', last, '-i', inventories.four, '--yes']) : shell('join', [names[0], last]),
      );
      closeMasters();
      return took;
    },
    close: closeMasters,
  };
}

/** What kinit's cluster has and kubeadm brings no own of, so that both have the same: the pod network, and kube-proxy's mode. */
async function ofKinit(connection) {
  const kubectl = 'KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig /etc/kubernetes/admin.conf';
  const kinds = 'namespaces,clusterroles,clusterrolebindings,serviceaccounts,configmaps,daemonsets';
  const found = await onHost(connection, `${kubectl} -n kube-flannel get ${kinds} -l k8s-app=flannel -o json`);
  const items = JSON.parse(found).items.map(written);
  const kindsFound = new Set(items.map(({ kind }) => kind));
  if (kindsFound.size !== kinds.split(',').length)
    throw new Error(`the pod network of kinit's cluster cannot be read: only ${[...kindsFound].join(', ')}`);
  const proxy = await onHost(connection, `${kubectl} -n kube-system get configmap kube-proxy -o json`);
  const { mode } = parse(JSON.parse(proxy).data['config.conf']);
  const version = (await onHost(connection, 'kubeadm version --output short')).trim();
  return { network: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), proxyMode: mode, version };
}

/** An object as it is applied: without what the API server added. Finalizers are all that a namespace specifies. */
function written(object) {
  const { name, namespace, labels } = object.metadata;
  const added = object.kind === 'Namespace' ? ['status', 'spec'] : ['status'];
  const kept = Object.entries(object).filter(([key]) => !added.includes(key));
  return { ...Object.fromEntries(kept), metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels } };
}

/** The size of the connection table is the machine's: hosts that share its kernel cannot set it. */
function proxyConfiguration(mode) {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode,
    conntrack: { maxPerCore: 0 },
  });
}
