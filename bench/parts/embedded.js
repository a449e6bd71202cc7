import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterWorks } from '../lib/ask.js';
import { kinit } from '../lib/kinit.js';
import { onAll, onHost, withLab, writeInventory } from '../lib/lab.js';
import { KUBECTL, PREPARE, SHARES } from '../lib/small.js';
import { timed } from '../lib/watch.js';

const MEMORY_MB = 1024;
const PODS = 10;
/** Until what comes up has settled, and then how long it is watched. In seconds. */
const SETTLE = 25;
const WATCH = 20;

/** Processor time of the server so far, in clock ticks (proc(5)); there are 100 a second. */
const TICKS = `awk '{ sub(/.*\\) /, ""); print $12 + $13 }' "/proc/$(systemctl show -p MainPID kinit-server | cut -d= -f2)/stat"`;
/** Microseconds from the start of the process to its word that it is ready, which it gives when its API is. */
const STARTED = `systemctl show -p ExecMainStartTimestampMonotonic -p ActiveEnterTimestampMonotonic kinit-server`;
/** On the server's host, from the image that every node has. */
const FILL = `image=$(${KUBECTL} get node -l node-role.kubernetes.io/control-plane -o jsonpath='{range .items[0].status.images[*]}{.names[-1]}{"\\n"}{end}' | grep pause | head -n 1)
host=$(${KUBECTL} get node -l node-role.kubernetes.io/control-plane -o jsonpath='{.items[0].metadata.name}')
${KUBECTL} create deployment fill --image "$image" --replicas 0
${KUBECTL} patch deployment fill -p '{"spec":{"template":{"spec":{"nodeName":"'"$host"'","tolerations":[{"operator":"Exists"}]}}}}'
here=$(${KUBECTL} get pods -A --field-selector spec.nodeName="$host" --no-headers | wc -l)
${KUBECTL} scale deployment fill --replicas $((${PODS} - here))
KUBECACHEDIR=/tmp/kubectl timeout 120 kubectl --kubeconfig /etc/kubernetes/admin.conf rollout status deployment fill`;

/** The control plane in one process, on hosts as small as it is meant for. */
export const embedded = {
  id: 'embedded',
  title: 'The embedded control plane',
  about: `Three hosts with 1 processor and ${String(MEMORY_MB)} MB each, limits that bind: one server, which is a node too, and two workers.

- **Start**: from hosts that have programs, runtime and images to three nodes that are Ready and a DNS that answers on each.
- **Memory**: of all processes of a host, ssh and systemd included, as their shares (PSS), some time after ten pods ran on the server's host.
- **Idle**: processor time of the server's process in the ${String(WATCH)} s after that, as a share of one processor.
- **Size**: of the one file that has all that these hosts need beside their system, images included, as \`.tar.xz\`. It is written once.`,
  figures: [
    { id: 'three', title: 'three prepared hosts to Ready with DNS', unit: 's', goal: 30 },
    { id: 'api', title: 'API ready after the start of its process', unit: 's', goal: 5 },
    {
      id: 'left',
      title: `left of ${String(MEMORY_MB)} MB on the server's host with ten pods`,
      unit: 'MB',
      goal: 350,
      atLeast: true,
    },
    { id: 'worker', title: 'processes of a worker', unit: 'MB', goal: 300 },
    { id: 'idle', title: 'server, idle', unit: '%', goal: 5 },
    { id: 'size', title: 'all of it in one file', unit: 'MB', goal: 100 },
  ],
  async run({ rounds, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      await withLab({ name: 'bench-embedded', hosts: 3, cpus: '1', memory: `${String(MEMORY_MB)}M` }, (lab) =>
        onAll(lab, async (connections) => {
          const file = writeInventory(lab, { folder, id: 'embedded', controlPlane: { mode: 'embedded' } });
          command(`kinit init -i INVENTORY --only ${PREPARE}`);
          command('kinit init -i INVENTORY --yes');
          for (let round = 1; round <= rounds; round += 1) {
            say(`round ${String(round)} of ${String(rounds)}`);
            await oneRound({ lab, connections, file, measured });
            await kinit(['reset', '-i', file, '--yes']);
          }
          say('one file of it, by xz');
          command('kinit artifacts bundle -i INVENTORY kinit.tar.xz');
          const bundle = join(folder, 'kinit.tar.xz');
          await kinit(['artifacts', 'bundle', '-i', file, bundle]);
          measured('size', statSync(bundle).size / 1e6);
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function oneRound({ lab, connections, file, measured }) {
  const [server, worker] = connections;
  await kinit(['init', '-i', file, '--only', PREPARE]);
  const names = lab.hosts.map(({ name }) => name);
  const took = await timed({ working: clusterWorks(connections, names) }, () => kinit(['init', '-i', file, '--yes']));
  measured('three', took.working);
  measured('api', sinceStart(await onHost(server, STARTED)));
  await onHost(server, FILL);
  await sleep(SETTLE * 1000);
  measured('left', MEMORY_MB - Number(await onHost(server, SHARES)));
  measured('worker', Number(await onHost(worker, SHARES)));
  const before = Number(await onHost(server, TICKS));
  const from = performance.now();
  await sleep(WATCH * 1000);
  const ticks = Number(await onHost(server, TICKS)) - before;
  measured('idle', ticks / ((performance.now() - from) / 1000));
}

/** In seconds. */
function sinceStart(properties) {
  const at = (name) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(properties)?.[1]);
  return (at('ActiveEnterTimestampMonotonic') - at('ExecMainStartTimestampMonotonic')) / 1e6;
}
