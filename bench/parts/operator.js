import { spawnSync } from 'node:child_process';
import { kinit, program } from '../lib/kinit.js';
import { withLab } from '../lib/lab.js';
import { openSite } from '../site/index.js';
import { HOST_PHASES, SITE_LAB } from './hosts.js';

/** What kinit itself costs the one who runs it. */
export const operator = {
  id: 'operator',
  title: 'What kinit costs its operator',
  about: `How long \`kinit --help\` and \`kinit plan\` take, and the most memory they have. The three hosts of the plan answer at once (they are
of the kind that [Many hosts](#many-hosts) describes), so that the time is kinit's own: start, connections, facts, comparing, printing.`,
  figures: [
    { id: 'help', title: 'kinit --help', unit: 'ms', goal: 150 },
    { id: 'help-node', title: 'kinit --help / node -e 0', unit: 'times', goal: 3 },
    { id: 'plan', title: 'kinit plan, 3 hosts', unit: 'ms', goal: 500 },
    { id: 'help-memory', title: 'kinit --help, memory', unit: 'MB' },
    { id: 'plan-memory', title: 'kinit plan, 3 hosts, memory', unit: 'MB' },
  ],
  missed: {
    help: 'Node itself takes the first 80 to 110 ms of it; the rest is reading the commands and laying out the text.',
    plan: 'Of 0.7 s about 0.3 s are loading and evaluating code, half of that compiling it: Node 22 and later keep what they have compiled, the Node of this machine does not. The rest are three connections with their keys, reading what the hosts answer, and comparing it. Next idea: fewer modules for a plan (schemas, what reads YAML, widths of characters).',
  },
  async run({ rounds, say, measured, command }) {
    command('node -e 0');
    command('kinit --help');
    // The first run fills the file cache and does not count.
    spawnSync(process.execPath, ['-e', '0']);
    await kinit(['--help']);
    for (let round = 0; round < rounds * 4; round += 1) {
      const bare = await program(process.execPath, ['-e', '0']);
      const help = await kinit(['--help']);
      measured('help', help.ms);
      measured('help-node', help.ms / bare.ms);
    }
    for (let round = 0; round < rounds; round += 1)
      measured('help-memory', (await kinit(['--help'], { usage: true })).peakMB);
    const site = await openSite();
    try {
      say('recording two hosts of a lab');
      const recording = await withLab(SITE_LAB, (lab) =>
        site.record(lab, (file) => kinit(['plan', '-i', file, '--only', HOST_PHASES])),
      );
      command(`kinit plan -i INVENTORY --only ${HOST_PHASES}`);
      await site.replay(recording, 3, 0, async (file) => {
        const plan = ['plan', '-i', file, '--only', HOST_PHASES];
        await kinit(plan);
        for (let round = 0; round < rounds; round += 1) {
          measured('plan', (await kinit(plan)).ms);
          measured('plan-memory', (await kinit(plan, { usage: true })).peakMB);
        }
      });
    } finally {
      await site.close();
    }
  },
};
