import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import { withRunOptions, withWriteOptions } from '../arguments/options.js';
import { count } from '../render/text.js';

/** Carries out a plan that was reviewed. */
export const apply = defineCommand({
  usage: 'apply <plan>',
  describe: 'Carry out a plan that kinit plan --out wrote: exactly what was reviewed, or nothing',
  examples: [
    ['apply plan.json', 'stops before anything is touched when hosts, inventory or artifacts have changed since'],
    ['apply plan.json --lock-wait 10m', 'after another kinit that is at work'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'stale', 'refused'],
  options: (yargs) =>
    withWriteOptions(withRunOptions(yargs)).positional('plan', {
      type: 'string',
      demandOption: true,
      describe: 'File written by kinit plan --out',
    }),
  run: async (args, context) => {
    const { readPlan } = await import('../plan/file.js');
    const plan = await readPlan(args.plan);
    // The inventory the plan was made from, where no other is named: what lies here may be another cluster's.
    const named = args.inventory !== undefined || (context.io.env['KINIT_INVENTORY'] ?? '') !== '';
    const inventory = await loadedInventory(named ? args : { ...args, inventory: plan.inventory }, context);
    const { run } = plan.content;
    const { runEngine } = await import('../run-engine.js');
    const { changes, failedHosts } = await runEngine(
      'apply',
      inventory,
      run.hosts,
      { ...args, ...run, reviewed: { content: plan.content, digest: plan.digest, file: args.plan } },
      context,
    );
    const text =
      changes === 0
        ? 'Nothing to change: this plan has been carried out.'
        : `Done as reviewed: ${count(changes, 'change')}.`;
    await context.ui.result({ changes, failedHosts }, text);
    return 0;
  },
});
