import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { hostNames, withCheckOptions, withWriteOptions } from '../arguments/options.js';
import { loadedInventory } from '../files/inventory.js';
import { count } from '../render/text.js';

const change = defineCommand({
  usage: 'change [host..]',
  describe: 'Bring running nodes to the runtime that the inventory says: drain, change, uncordon, one node at a time',
  examples: [
    ['runtime change --dry-run', 'what would be done, node by node'],
    ['runtime change', 'workers first, control planes last; run again, it goes on where it was cut'],
    ['runtime change node3', 'one node, to try it'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withWriteOptions(withCheckOptions(yargs))
      .positional('host', hostNames)
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only show what would be done' })
      .option('drain-timeout', {
        type: 'string',
        default: '5m',
        requiresArg: true,
        describe:
          'How long the pods of a node may take to leave it (30s, 10m); then it takes pods again, and nothing is forced',
      }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ runEngine }, { renderPlan }] = await Promise.all([
      import('../run-engine.js'),
      import('../render/tables/changes.js'),
    ]);
    const { record, ui } = context;
    const { name } = inventory.spec.runtime;
    if (args.dryRun) {
      await runEngine('runtime-plan', inventory, args.host, args, context);
      const hosts = inventory.spec.hosts.map((host) => host.name);
      await ui.result({ changes: record.changes.length }, renderPlan(record.changes, hosts, ui.paint, ui.verbose));
      return 0;
    }
    const { changes, failedHosts } = await runEngine('runtime-change', inventory, args.host, args, context);
    await ui.result(
      { runtime: name, changes, failedHosts },
      changes === 0
        ? `Nothing to change: the nodes run with ${name}.`
        : `The nodes run with ${name} now: ${count(changes, 'change')}.`,
    );
    return 0;
  },
});

/** The container runtime of running nodes. */
export const runtime = defineGroup(
  'runtime',
  'Change the container runtime of running nodes',
  [change],
  [['runtime change', 'to what the inventory says, one node at a time']],
);
