import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../kubeadm/embedded.js';
import { openSite, PREPARE } from '../kubeadm/site.js';
import { onAll, withLab } from '../lib/lab.js';
import { PREPARE as PREPARE_EMBEDDED } from '../lib/small.js';

/** A round of the control plane in one process takes a minute more, and its runs are alike. */
const MOST_EMBEDDED = 2;
/** As many hosts on two processors take three minutes, and the longer runs are the more alike they are. */
const MOST_SIX = 1;
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
- **Six hosts**: the same of twice as many, on the same two processors.
- **Join**: one more host, until its node is Ready.
- **Embedded**: three hosts and a join with \`controlPlane: {mode: embedded}\`, on four other hosts of the same size, which are prepared too.
- **Bare**: three hosts that have nothing at all, once for each form: packages, programs and images are brought to them as well.

kinit's clock starts with its process, so that its connections, facts, preflight and observation count; kubeadm's on one host when the host gets the
command, that of the scripts with their first line.`,
  figures: [
    { id: 'healthy', title: 'one host, healthy: kinit / kubeadm', unit: 'times', goal: 1 },
    { id: 'healthy-done', title: 'one host: kinit healthy / kubeadm init done', unit: 'times', goal: 1 },
    { id: 'ready', title: 'one host, API ready: kinit / kubeadm', unit: 'times' },
    { id: 'done', title: 'one host, done: kinit / kubeadm', unit: 'times', goal: 1 },
    { id: 'three', title: 'three hosts, Ready with DNS: kinit / script', unit: 'times', goal: 1 },
    { id: 'three-done', title: 'three hosts, done: kinit / script', unit: 'times' },
    { id: 'six', title: 'six hosts, Ready with DNS: kinit / script', unit: 'times', goal: 1 },
    { id: 'six-done', title: 'six hosts, done: kinit / script', unit: 'times' },
    { id: 'join', title: 'join to Ready: kinit / script', unit: 'times', goal: 1 },
    { id: 'three-one', title: 'three hosts, Ready with DNS: embedded / script', unit: 'times', goal: 1 },
    { id: 'join-one', title: 'join to Ready: embedded / script', unit: 'times', goal: 1 },
    { id: 'bare', title: 'three bare hosts, Ready with DNS: kinit', unit: 's', goal: 25 },
    { id: 'bare-embedded', title: 'three bare hosts, Ready with DNS: embedded', unit: 's', goal: 25 },
    ...Object.entries(WHO).flatMap(([id, name]) => [
      { id: `healthy-${id}`, title: `one host, healthy: ${name}`, unit: 's' },
      { id: `done-${id}`, title: `one host, done: ${name}`, unit: 's' },
      { id: `three-${id}`, title: `three hosts, Ready with DNS: ${name}`, unit: 's' },
      { id: `three-done-${id}`, title: `three hosts, done: ${name}`, unit: 's' },
      { id: `six-${id}`, title: `six hosts, Ready with DNS: ${name}`, unit: 's' },
      { id: `six-done-${id}`, title: `six hosts, done: ${name}`, unit: 's' },
      { id: `join-${id}`, title: `join to Ready: ${name}`, unit: 's' },
    ]),
    { id: 'ready-embedded', title: 'three hosts, API ready: embedded', unit: 's' },
    { id: 'three-embedded', title: 'three hosts, Ready with DNS: embedded', unit: 's' },
    { id: 'three-done-embedded', title: 'three hosts, done: embedded', unit: 's' },
    { id: 'join-embedded', title: 'join to Ready: embedded', unit: 's' },
  ],
  missed: {
    healthy:
      "kubeadm begins with its pods about a second after its first line. kinit has connected by then, and goes on to read the host's facts and to compare all it wants (2.2 s from its start), to keys and manifests (0.7 s). Its controllers are written a second after the API server serves: one that finds no roles yet waits 2 to 4.4 s. In the events of three such runs (11.3 s): first pods at 2.9 s, the API server serves at 6.2, controllers work at 8.7 to 9.9. Next idea: fewer processes in the scripts of facts and of looks at a host, which take 0.3 to 0.6 s each.",
    'healthy-done': 'As above.',
    done: 'As above.',
    join: "From the start of the kubelet both take about 3.4 s to Ready. In the events of five such joins kinit's kubelet starts 2.6 s after the command, kubeadm's after 1.2: 0.4 s until Node runs kinit's code, 0.7 until all four hosts are connected to (the script goes to two), 0.25 for their facts, 0.25 for what artifacts are there and what the host is to become, 0.25 for a look at the new host, 0.3 for its keys and settings, 0.5 for the join. Next idea: what comes for sure is written together, in one question.",
    'join-one':
      'In the events of one such join (load 6) the kubelet starts 3.0 s after the command, for the same reasons, and its node is Ready and recorded 2.9 s later. Next idea: as above.',
    bare: 'In the events of one such init (load 9, 36 s; its packages, 5 s, were there): 1.9 s until all is looked at, 4 to 5 for programs, 1.5 for the runtime, 10 for images, 8.6 for keys, control plane and its objects, 2 for the joins, 3 until the nodes are Ready, 4 for the probes. Three hosts share two processors and a disk, on which 1 GB of programs and 1 GB of images are sent, checked and unpacked. Next idea: the images of the control plane first, the others while it starts.',
    'bare-embedded':
      'In the events of one such init (load 6, 33 s; packages were there): 4.8 s for programs, 4.9 for images, 7.1 for the server, 1.7 for the joins, 2.6 until the nodes are known, 6.2 until DNS answers on each. Next idea: the images of add-ons while the server starts.',
  },
  async run({ rounds, atMost, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      return await onHosts('bench-kubeadm', 6, (lab, connections) =>
        onHosts('bench-kubeadm-one', 4, async (other, others) => {
          const site = openSite(lab, folder, connections);
          const embedded = openEmbedded(other, folder, others);
          try {
            say('three bare hosts, of each form; the pod network is taken from the first');
            measured('bare', (await site.several('kinit', 3)).working);
            const version = await site.takeNetwork();
            await site.clean(3);
            measured('bare-embedded', (await embedded.three()).working);
            await embedded.clean();
            for (const text of COMMANDS) command(text);
            for (let round = 1; round <= rounds; round += 1) {
              const told = { say: (text) => say(`round ${round} of ${rounds}: ${text}`), measured, round };
              const stock = await oneRound(site, told);
              if (round <= atMost(MOST_SIX)) await oneOfSix(site, told);
              if (round <= atMost(MOST_EMBEDDED)) await oneOfEmbedded(embedded, told, stock);
            }
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

const onHosts = (name, hosts, work) =>
  withLab({ name, hosts, memory: '3G' }, (lab) => onAll(lab, (connections) => work(lab, connections)));

const COMMANDS = [
  `kinit init -i INVENTORY --only ${PREPARE}`,
  'kubeadm init --config kubeadm.yaml --ignore-preflight-errors=all',
  'kinit init -i ONE-HOST --yes --skip ready',
  'bench/kubeadm/up.sh SSH-CONFIGURATION kubeadm.yaml network.json node1 node2 node3 [node4 node5 node6]',
  'kinit init -i THREE-HOSTS|SIX-HOSTS --yes',
  'bench/kubeadm/join.sh SSH-CONFIGURATION node1 node4',
  'kinit join node4 -i FOUR-HOSTS --yes',
  `kinit init -i INVENTORY --only ${PREPARE_EMBEDDED}`,
];

/** Both in all three, each on hosts that are prepared anew; who is first changes. @returns seconds of the stock ones */
async function oneRound(site, { say, measured, round }) {
  const order = orderOf(round);
  const seconds = { one: {}, three: {}, join: {} };
  for (const who of order) {
    await site.prepare(1);
    seconds.one[who] = await site.one(who);
    await site.clean(1);
  }
  for (const who of order) {
    await site.prepare(4);
    seconds.three[who] = await site.several(who, 3);
    seconds.join[who] = await site.join(who);
    await site.clean(4);
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
  return { three: seconds.three.stock.working, join: seconds.join.stock.ready };
}

const orderOf = (round) => (round % 2 === 1 ? ['stock', 'kinit'] : ['kinit', 'stock']);

async function oneOfSix(site, { say, measured, round }) {
  const took = {};
  for (const who of orderOf(round)) {
    await site.prepare(6);
    took[who] = await site.several(who, 6);
    await site.clean(6);
    measured(`six-${who}`, took[who].working);
    measured(`six-done-${who}`, took[who].done);
    say(`${WHO[who]}: six hosts ${took[who].working.toFixed(1)} s, done ${took[who].done.toFixed(1)} s`);
  }
  measured('six', took.kinit.working / took.stock.working);
  measured('six-done', took.kinit.done / took.stock.done);
}

/** @param stock seconds of the script in the same round */
async function oneOfEmbedded(embedded, { say, measured }, stock) {
  await embedded.prepare();
  const three = await embedded.three();
  const joined = await embedded.join();
  await embedded.clean();
  measured('ready-embedded', three.ready);
  measured('three-embedded', three.working);
  measured('three-done-embedded', three.done);
  measured('join-embedded', joined.ready);
  measured('three-one', three.working / stock.three);
  measured('join-one', joined.ready / stock.join);
  say(
    `embedded: three hosts ${three.working.toFixed(1)} s, done ${three.done.toFixed(1)} s; join ${joined.ready.toFixed(1)} s`,
  );
}
