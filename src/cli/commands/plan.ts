import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import { hostNames, withPhaseOptions } from '../arguments/options.js';

/** Shows what init would change, and changes nothing. */
export const plan = defineCommand({
  usage: 'plan [host..]',
  describe: 'Show what init would change, with the diffs of files and objects; changes nothing',
  examples: [
    ['plan', 'what would init do?'],
    ['plan --out plan.json', 'the same, to be applied later: kinit apply plan.json'],
    ['plan node2 --only sysctls', 'one host, one phase'],
    ['plan --exit-code', 'for scripts: exit code 2 when there are changes'],
  ],
  exitCodes: [...REACHES_HOSTS, 'changes', 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withPhaseOptions(yargs)
      .positional('host', hostNames)
      .option('out', { type: 'string', requiresArg: true, describe: 'Write the plan to a file, for kinit apply' })
      .option('exit-code', { type: 'boolean', default: false, describe: 'Exit with 2 when there are changes' }),
  run: async (args, context) => {
    const { showPlan } = await import('../plan/show.js');
    const inventory = await loadedInventory(args, context, [{ option: '--out', file: args.out, kind: 'plan' }]);
    return showPlan(inventory, args.host, args, context);
  },
});
