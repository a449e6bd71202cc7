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
      'What a phase does goes out at once, so 33 questions wait for their answers: 1.7 s, most of them one a phase, for each is decided by what the one before has done. The rest is bytes: programs and images together are 650 MB, which come at 90 MB/s over six channels of such a way and at 170 over the machine itself. Next idea: large files brought from the beginning on, while packages are installed, and images imported while they come.',
  },
  async run({ rounds, say, measured, command }) {
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
          const most = Math.min(rounds, MOST_ROUNDS);
          for (let round = 1; round <= most; round += 1) {
            const took = {};
            // Who is first has an emptier machine, or a colder one.
            for (const id of round % 2 === 1 ? ['near', 'far'] : ['far', 'near']) {
              const run = await kinit(['init', '-i', ways[id], '--yes', '--output', 'json']);
              took[id] = run.ms / 1000;
              measured(id, took[id]);
              if (id === 'far') measured('asked', questionsIn(eventsOf(run)));
              await kinit(['reset', '-i', ways.near, '--yes']);
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
