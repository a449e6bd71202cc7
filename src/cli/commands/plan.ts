import { defineCommand } from '../command.js';
import { loadedInventory } from '../inventory-file.js';
import { withPhaseOptions } from '../options.js';
import { renderPlan } from '../render/changes.js';
import { runEngine } from '../run-engine.js';

/** Exit code of `plan --exit-code` when there are changes (docs/exit-codes.md). */
const CHANGES = 2;

/** Shows what init would change, and changes nothing. */
export const plan = defineCommand({
  usage: 'plan [host..]',
  describe: 'Show what init would change, with the diffs of files; changes nothing',
  examples: [
    ['plan', 'what would init do?'],
    ['plan node2 --only sysctls', 'one host, one phase'],
    ['plan --exit-code', 'for scripts: exit code 2 when there are changes'],
  ],
  options: (yargs) =>
    withPhaseOptions(yargs)
      .positional('host', { type: 'string', array: true, default: [], describe: 'Names from the inventory' })
      .option('exit-code', { type: 'boolean', default: false, describe: 'Exit with 2 when there are changes' }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    await runEngine('plan', inventory, args.host, args, context);
    const { changes } = context.record;
    const hosts = inventory.spec.hosts.map(({ name }) => name);
    await context.ui.result({ changes: changes.length }, renderPlan(changes, hosts, context.ui.paint));
    return args.exitCode && changes.length > 0 ? CHANGES : 0;
  },
});
