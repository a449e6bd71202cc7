import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import { hostNames, withClockOption, withPhaseOptions, withWriteOptions } from '../arguments/options.js';
import { count } from '../render/text.js';

/** Adds hosts that are in the inventory and not in the cluster. */
export const join = defineCommand({
  usage: 'join [host..]',
  describe: 'Add hosts that are in the inventory and not in the cluster yet (all of them, or those named)',
  examples: [
    ['join', 'join every new host of the inventory'],
    ['join node4', 'join this one'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) => withClockOption(withWriteOptions(withPhaseOptions(yargs))).positional('host', hostNames),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const { runEngine } = await import('../run-engine.js');
    const { changes, failedHosts } = await runEngine('join', inventory, args.host, args, context);
    await context.ui.result(
      { changes, failedHosts },
      changes === 0
        ? `Nothing to change${[...(args.skip ?? []), ...(args.only ?? [])].length > 0 ? ' in the phases that were asked for' : ': every host asked for is in the cluster'}.`
        : `Joined: ${count(changes, 'change')}. See kinit status.`,
    );
    return 0;
  },
});
