import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsOf, kinit } from '../lib/kinit.js';
import { withLab, writeInventory } from '../lib/lab.js';

/** The step that is upgraded; components/kube has the modules of both. */
const FROM = '1.35.4';
const CONTROL_PLANES = 3;
/** Its time is the pods', not kinit's. */
const DRAIN = 'drain';

/** What a cluster of several control planes is without, and for how long. */
export const ha = {
  id: 'ha',
  title: 'Several control planes',
  about: `Three hosts that are control plane and worker at once, and a worker.

- **Upgrade** from Kubernetes ${FROM}: seconds of each host in all its phases, draining left out. One upgrade; the runs are its hosts.
- **Failing**: \`kinit check ha\` kills the API server that clients on a node are connected to, and counts how long one that writes and one that reads go
  without an answer; the longer of both.`,
  figures: [
    { id: 'gap', title: 'API server killed: a client without an answer', unit: 's', goal: 3 },
    { id: 'lost', title: 'API server killed: acknowledged writes lost', unit: 'writes', goal: 0 },
    { id: 'upgrade-control-plane', title: 'upgrade of a control plane', unit: 's', goal: 90 },
    { id: 'upgrade-worker', title: 'upgrade of a worker', unit: 's', goal: 45 },
    { id: 'upgrade', title: 'upgrade of the cluster', unit: 's' },
  ],
  missed: {
    'upgrade-control-plane':
      'These hosts are nodes too: both turns of each count, and the time in which programs and images are brought to all hosts side by side (20 s). Most of the rest are three static pods in a row: a kubelet asks itself only every 10 to 15 s whether the next one may start, and etcd takes 7 s to end, for it waits for its watches. Next idea: etcd told to end its watches, which has no flag for that, or the kubelet started again for each.',
  },
  async run({ rounds, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      await withLab({ name: 'bench-ha', hosts: CONTROL_PLANES + 1, memory: '3G' }, async (lab) => {
        const planes = lab.hosts.slice(0, CONTROL_PLANES).map(({ name }) => name);
        const roles = ({ name }) => (planes.includes(name) ? ['control-plane', 'worker'] : ['worker']);
        const earlier = writeInventory(lab, { folder, id: 'earlier', roles, kubernetesVersion: FROM });
        const later = writeInventory(lab, { folder, id: 'later', roles });
        say(`a cluster of Kubernetes ${FROM}`);
        await kinit(['init', '-i', earlier, '--yes'], { minutes: 40 });
        command('kinit upgrade -i INVENTORY --yes');
        say('upgrading it');
        const run = await kinit(['upgrade', '-i', later, '--yes', '--output', 'json'], { minutes: 40 });
        measured('upgrade', run.ms / 1000);
        const steps = stepsOf(eventsOf(run));
        for (const [host, phases] of steps) {
          const seconds = [...phases.values()].reduce((sum, each) => sum + each, 0);
          measured(planes.includes(host) ? 'upgrade-control-plane' : 'upgrade-worker', seconds);
          say(`${host}: ${longest(phases)}`);
        }
        command('kinit check ha -i INVENTORY --yes');
        for (let round = 1; round <= rounds; round += 1) {
          say(`an API server is killed (${round} of ${rounds})`);
          const seen = eventsOf(await kinit(['check', 'ha', '-i', later, '--yes', '--output', 'json']));
          const { result } = seen.find(({ type }) => type === 'result');
          measured('gap', Math.max(result.writeGap, result.readGap));
          measured('lost', result.lost);
        }
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Seconds of each phase on each host: a phase may have several turns. */
function stepsOf(events) {
  const byHost = new Map();
  for (const { type, host, phase, seconds } of events) {
    if (type !== 'phase-finished' || phase === DRAIN) continue;
    const phases = byHost.get(host) ?? new Map();
    byHost.set(host, phases.set(phase, (phases.get(phase) ?? 0) + seconds));
  }
  return byHost;
}

/** Where the time went. */
function longest(phases) {
  const sorted = [...phases].sort(([, a], [, b]) => b - a).slice(0, 8);
  return sorted.map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`).join(', ');
}
