import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersOk, nodesReady } from '../lib/ask.js';
import { medianOf } from '../lib/figure.js';
import { kinit } from '../lib/kinit.js';
import { onAll, onHost, withLab, writeInventory } from '../lib/lab.js';
import { KUBECTL, PREPARE, SHARES } from '../lib/small.js';
import { timed } from '../lib/watch.js';

/** A round takes two minutes, and the ratios of five were alike. */
const MOST_ROUNDS = 3;
/** Until what has come up is idle. In seconds. */
const SETTLE = 15;

const PODS = 3;
/** From the order to its container runs, in nanoseconds, of one after the other; the image lies on every node. */
const FIRST_PODS = `image=$(${KUBECTL} get nodes -o jsonpath='{range .items[0].status.images[*]}{.names[-1]}{"\\n"}{end}' | grep pause | head -n 1)
for number in $(seq ${String(PODS)}); do
  from=$(date +%s%N)
  ${KUBECTL} run "first-$number" --image "$image" --overrides '{"spec":{"tolerations":[{"operator":"Exists"}]}}' > /dev/null
  ${KUBECTL} wait --for jsonpath=.status.phase=Running "pod/first-$number" --timeout 60s > /dev/null
  echo "$(($(date +%s%N) - from))"
done`;

/** Megabytes of programs and images on its disk. */
const ON_DISK = `du -sm --total /usr/local/bin /opt/cni/bin /var/lib/containerd/io.containerd.content.v1.content 2>/dev/null | tail -n 1 | cut -f1`;

/** What the embedded form is for: less of everything than the stock components take on the same host in the same run. */
export const stock = {
  id: 'stock',
  title: 'The embedded control plane beside the stock components',
  about: `One host with 1 processor and 2 GB, in turns: the control plane in one process with SQLite, and as static pods with etcd. Each figure is the embedded
one divided by the stock one, so the machine matters little: where one is a fifth worse than the baseline that stands in bench/parts/stock.js, \`npm run bench\` ends with 1.

- **Ready**: from the start of \`kinit init\` on a prepared host until its API server, and then its node, is ready.
- **Pod**: from \`kubectl run\` until its container runs, the median of ${String(PODS)}.
- **Idle**: memory of all processes of the host as their shares (PSS), ${String(SETTLE)} s later.
- **On disk**: programs, and images as they came.`,
  figures: [
    { id: 'api', title: 'API ready', unit: 'times', baseline: 0.67 },
    { id: 'node', title: 'node ready', unit: 'times', baseline: 0.97 },
    { id: 'pod', title: 'a pod runs', unit: 'times', baseline: 1 },
    { id: 'memory', title: 'memory, idle', unit: 'times', baseline: 0.72 },
    { id: 'size', title: 'on disk', unit: 'times', baseline: 0.78 },
  ],
  async run({ atMost, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      await withLab({ name: 'bench-stock', hosts: 1, cpus: '1', memory: '2G' }, (lab) =>
        onAll(lab, async ([host]) => {
          const form = (mode) =>
            writeInventory(lab, {
              folder,
              id: mode,
              controlPlane: { mode },
              roles: () => ['control-plane', 'worker'],
              // Fewer processors than the stock components ask for; both are measured on the same host.
              preflight: { ignore: ['cpu'] },
            });
          const [embedded, pods] = [form('embedded'), form('static-pods')];
          command(`kinit init -i INVENTORY --only ${PREPARE}`);
          command('kinit init -i INVENTORY --yes');
          const most = atMost(MOST_ROUNDS);
          for (let round = 1; round <= most; round += 1) {
            const [ours, stocks] = [await oneCluster(lab, host, embedded), await oneCluster(lab, host, pods)];
            for (const id of Object.keys(ours)) measured(id, ours[id] / stocks[id]);
            say(`round ${String(round)} of ${String(most)}: ${inWords(ours)}; stock ${inWords(stocks)}`);
          }
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function oneCluster(lab, host, file) {
  await kinit(['init', '-i', file, '--only', PREPARE]);
  const names = lab.hosts.map(({ name }) => name);
  const took = await timed(
    { api: () => answersOk(host, { port: 6443, path: '/readyz' }), node: () => nodesReady(host, names) },
    () => kinit(['init', '-i', file, '--yes']),
  );
  const pods = (await onHost(host, FIRST_PODS)).trim().split('\n').map(Number);
  const pod = medianOf(pods) / 1e9;
  await sleep(SETTLE * 1000);
  const memory = Number(await onHost(host, SHARES));
  const size = Number(await onHost(host, ON_DISK));
  await kinit(['reset', '-i', file, '--yes']);
  return { api: took.api, node: took.node, pod, memory, size };
}

function inWords({ api, node, pod, memory, size }) {
  return `API ${api.toFixed(1)} s, node ${node.toFixed(1)} s, pod ${pod.toFixed(1)} s, ${memory.toFixed(0)} MB of memory, ${size.toFixed(0)} MB on disk`;
}
