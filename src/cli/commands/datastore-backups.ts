import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { withConnectOptions } from '../arguments/options.js';
import { loadedInventory } from '../files/inventory.js';

export const backups = defineCommand({
  usage: 'backups',
  describe: 'List the backups that the control-plane hosts have made by themselves (backups.every in the inventory)',
  examples: [
    ['datastore backups', 'on every control-plane host, the oldest first'],
    ['datastore backups --output json', 'the same for a script'],
  ],
  exitCodes: [...REACHES_HOSTS, 'change', 'refused'],
  options: (yargs) => withConnectOptions(yargs),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ timedBackupsOf }, { renderBackups }] = await Promise.all([
      import('../../engine/index.js'),
      import('../render/tables/datastore.js'),
    ]);
    const hosts = await timedBackupsOf({ ...context, inventory, acceptNewHostKeys: args.acceptNewHostKeys });
    const { every } = inventory.spec.backups;
    const next =
      every === undefined
        ? 'The inventory asks for none: backups.every makes hosts copy the data.'
        : 'Next: scp HOST:FILE . brings one here, and kinit datastore restore FILE takes it.';
    await context.ui.result({ hosts }, `${renderBackups(hosts)}\n${next}`);
    return 0;
  },
});
