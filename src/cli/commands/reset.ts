import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { confirm } from '../terminal/confirm.js';
import { loadedInventory } from '../files/inventory.js';
import { hostNames, withRunOptions, withWriteOptions } from '../arguments/options.js';
import { hostList } from '../render/host-list.js';
import { count } from '../render/text.js';

/** Gives hosts back as they were. */
export const reset = defineCommand({
  usage: 'reset [host..]',
  describe: 'Give hosts back as they were: leave the cluster, undo every change kinit made',
  examples: [
    ['reset node3', 'take one node out of the cluster and clean it'],
    ['reset --yes', 'the whole cluster, without a question'],
  ],
  exitCodes: CHANGES_HOSTS,
  options: (yargs) =>
    withWriteOptions(withRunOptions(yargs))
      .positional('host', { ...hostNames, describe: 'Names from the inventory; all when none is named' })
      .option('keep-packages', {
        type: 'boolean',
        describe: 'Keep packages that kinit installed: other things may need them by now (this is the default)',
      })
      .option('remove-packages', {
        type: 'boolean',
        describe: 'Remove packages that kinit installed and what they brought along, but none that others need',
      })
      .conflicts('keep-packages', 'remove-packages'),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const { spec } = inventory;
    const hosts = args.host.length === 0 ? spec.hosts.map(({ name }) => name) : args.host;
    await confirm(
      `Reset ${hosts.length > 3 ? `${count(hosts.length, 'host')} (${hostList(hosts)})` : hosts.join(', ')}? Pods, volumes and${hosts.length === spec.hosts.length ? ' all data of' : ' what these hosts hold of'} cluster ${spec.name} are lost.`,
      args,
      context,
    );
    const [{ resetHosts }, { withReport }, { writeOptionsOf }] = await Promise.all([
      import('../../engine/index.js'),
      import('../report.js'),
      import('../run-engine.js'),
    ]);
    const { emit, signal, ui } = context;
    const { changes, failedHosts } = await withReport(args, context, () =>
      resetHosts({
        inventory,
        removePackages: args.removePackages === true || args.keepPackages === false,
        acceptNewHostKeys: args.acceptNewHostKeys,
        emit,
        signal,
        ...writeOptionsOf(args),
        ...(args.host.length === 0 ? {} : { hosts: args.host }),
      }),
    );
    await ui.result(
      { changes, failedHosts },
      changes === 0
        ? 'Nothing to undo: kinit has changed nothing on these hosts.'
        : `${count(hosts.length, 'host')} given back: ${count(changes, 'change')} undone.`,
    );
    return 0;
  },
});
