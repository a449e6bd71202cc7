import { EXIT_CODES, KinitError } from '../../model/error.js';
import { defineCommand, type CommandContext } from '../arguments/command.js';
import { loadedInventory } from '../files/inventory.js';
import { withPhaseOptions } from '../arguments/options.js';
import { renderChecks } from '../render/tables/checks.js';
import { runEngine } from '../run-engine.js';

/** Runs the preflight checks alone. */
export const check = defineCommand({
  usage: 'check [host..]',
  describe: 'Run the preflight checks alone and print what was found against what is needed',
  examples: [
    ['check', 'are these machines fit for a cluster?'],
    ['check node1 --ignore-preflight memory', 'one host; too little memory is accepted'],
  ],
  options: (yargs) =>
    withPhaseOptions(yargs).positional('host', {
      type: 'string',
      array: true,
      default: [],
      describe: 'Names from the inventory',
    }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    try {
      await runEngine('check', inventory, args.host, args, context);
    } catch (thrown) {
      // Failed checks are this command's result, not its failure.
      if (
        !(thrown instanceof KinitError) ||
        thrown.context.class !== 'preflight' ||
        context.record.checks.length === 0
      ) {
        if (context.record.checks.length > 0)
          await context.ui.say(renderChecks(context.record.checks, context.ui.paint));
        throw thrown;
      }
    }
    return showChecks(context);
  },
});

async function showChecks({ ui, record }: CommandContext): Promise<number> {
  const errors = record.checks.filter(({ check: { status } }) => status === 'error').length;
  await ui.result({ checks: record.checks.length, errors }, renderChecks(record.checks, ui.paint));
  return errors === 0 ? 0 : EXIT_CODES.preflight;
}
