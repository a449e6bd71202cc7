import type { Spec } from '../../model/spec.js';
import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { confirm } from '../terminal/confirm.js';
import { canAsk } from '../terminal/io.js';
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
    const question = `Reset ${shown(hosts)}? ${whatIsLost(spec, hosts)}`;
    // Of a cluster that goes on it is told first what ends with these hosts.
    const looksFirst = !endsCluster(spec, hosts) && canAsk(context.io);
    if (!looksFirst) await confirm(question, args, context);
    // Whoever said yes beforehand may have named the hosts by a pattern.
    if (args.yes && args.host.length > 0 && endsCluster(spec, hosts))
      context.emit({ type: 'warning', text: whatIsLost(spec, hosts) });
    const [{ resetHosts }, { withReport }, { ask, writeOptionsOf }] = await Promise.all([
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
        ...(looksFirst ? { agree: () => ask(question, args, context) } : {}),
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

type Hosts = Pick<Spec, 'name' | 'hosts'>;

/** Whether no control plane of the inventory stays: what the cluster is goes with the last of them. */
function endsCluster({ hosts }: Hosts, chosen: readonly string[]): boolean {
  const controlPlanes = hosts.filter(({ roles }) => roles.includes('control-plane'));
  return controlPlanes.every(({ name }) => chosen.includes(name));
}

function whatIsLost(spec: Hosts, chosen: readonly string[]): string {
  if (!endsCluster(spec, chosen)) return `Pods, volumes and what these hosts hold of cluster ${spec.name} are lost.`;
  const left = spec.hosts.filter(({ name }) => !chosen.includes(name)).map(({ name }) => name);
  const all = `Pods, volumes and all data of cluster ${spec.name} are lost`;
  return left.length === 0
    ? `${all}.`
    : `${all}: no control plane stays. Left without one: ${shown(left)}; before they can be in a cluster again they have to be reset too.`;
}

function shown(hosts: readonly string[]): string {
  return hosts.length > 3 ? `${count(hosts.length, 'host')} (${hostList(hosts)})` : hosts.join(', ');
}
