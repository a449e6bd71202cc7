import { EXIT_CODES, KinitError, RESULT_CODES } from '../../model/error.js';
import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import { checkHa } from './check-ha.js';
import { exitCodeForWarnings, hostNames, withCheckOptions } from '../arguments/options.js';

/** Runs the preflight checks alone. */
export const check = defineCommand({
  usage: 'check [host..]',
  describe: 'Run the preflight checks alone and print what was found against what is needed',
  examples: [
    ['check', 'are these machines fit for a cluster?'],
    ['check --exit-code', 'for scripts: exit code 4 when there are warnings'],
    ['check ha', 'of a cluster that runs: what clients notice of an API server that is lost'],
    ['check node1 --ignore-preflight memory', 'one host; too little memory is accepted'],
  ],
  members: [checkHa],
  exitCodes: [...REACHES_HOSTS, 'warnings', 'preflight', 'refused'],
  options: (yargs) => withCheckOptions(yargs).positional('host', hostNames).option('exit-code', exitCodeForWarnings),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ runEngine }, { renderChecks }] = await Promise.all([
      import('../run-engine.js'),
      import('../render/tables/checks.js'),
    ]);
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
          await context.ui.say(renderChecks(context.record.checks, context.ui.paint, context.ui.verbose));
        throw thrown;
      }
    }
    const { ui, record } = context;
    const errors = record.checks.filter(({ check: { status } }) => status === 'error').length;
    await ui.result({ checks: record.checks.length, errors }, renderChecks(record.checks, ui.paint, ui.verbose));
    if (errors > 0) return EXIT_CODES.preflight;
    const warned = record.checks.some(({ check: { status } }) => status === 'warning');
    return args.exitCode && warned ? RESULT_CODES.warnings : 0;
  },
});
