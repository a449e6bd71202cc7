import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BYTES_PER_SECOND, DELAY_MS, throughRelay, wayTo } from '../lib/far.js';
import { eventsOf, kinit } from '../lib/kinit.js';
import { withLab } from '../lib/lab.js';

const ROUND_TRIP = (2 * DELAY_MS) / 1000;
/** A round takes more than a minute, and what is waited for is the same each time. */
const MOST_ROUNDS = 3;

/** What a long way to the hosts costs. */
export const latency = {
  id: 'latency',
  title: 'A host that is far away',
  about: `\`kinit init\` makes a cluster of one bare host of a lab: over the machine itself, and through a TCP relay that is ${String(DELAY_MS)} ms late in each
direction and lets ${String(BYTES_PER_SECOND / 1e9)} GB/s pass; in turns. How much longer it takes is told in round trips, whatever was waited for: answers, or bytes.`,
  figures: [
    { id: 'trips', title: 'round trips waited for', unit: 'round trips', goal: 12 },
    { id: 'asked', title: 'questions that its phases wait for', unit: 'questions' },
    { id: 'near', title: 'straight', unit: 's' },
    { id: 'far', title: `with ${String(2 * DELAY_MS)} ms`, unit: 's' },
  ],
  missed: {
    trips:
      'Of 2.9 s, 32 questions that phases wait for take 1.6 s, most of them one a phase, for each is decided by what the one before has done. Objects of the cluster are asked for, written and looked at again: 1 s in five phases, four requests at once. The rest is bytes: 300 MB of programs, over six channels; images (360 MB) are on their way while packages are installed. Next idea: the phases of the add-ons side by side.',
  },
  async run({ atMost, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      await withLab({ name: 'bench-latency', hosts: 1, memory: '3G' }, (lab) =>
        throughRelay(lab, async (relay) => {
          const options = { roles: ['control-plane', 'worker'] };
          const ways = {
            near: wayTo(lab, join(folder, 'near'), undefined, options).inventory,
            far: wayTo(lab, join(folder, 'far'), relay.port, options).inventory,
          };
          command('kinit init -i INVENTORY --yes');
          const giveBack = () => kinit(['reset', '-i', ways.near, '--yes', '--remove-packages']);
          // Packages come from apt's cache in every round.
          await kinit(['init', '-i', ways.near, '--only', 'packages']);
          await giveBack();
          const most = atMost(MOST_ROUNDS);
          for (let round = 1; round <= most; round += 1) {
            const took = {};
            // Who is first has an emptier machine, or a colder one.
            for (const id of round % 2 === 1 ? ['near', 'far'] : ['far', 'near']) {
              const run = await kinit(['init', '-i', ways[id], '--yes', '--output', 'json']);
              took[id] = run.ms / 1000;
              measured(id, took[id]);
              if (id === 'far') measured('asked', questionsIn(eventsOf(run)));
              await giveBack();
            }
            measured('trips', (took.far - took.near) / ROUND_TRIP);
            say(`round ${String(round)} of ${String(most)}: ${took.near.toFixed(1)} s, far ${took.far.toFixed(1)} s`);
          }
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function questionsIn(events) {
  return events.filter(({ type }) => type === 'phase-finished').reduce((sum, { roundTrips }) => sum + roundTrips, 0);
}
