import { quoteAll } from '../../shell/quote.js';
import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { inventoryWords, loadedInventory } from '../files/inventory.js';
import { withClockOption, withPhaseOptions, withWriteOptions } from '../arguments/options.js';
import { count } from '../render/text.js';

/** Brings the whole inventory up. */
export const init = defineCommand({
  usage: 'init',
  describe: 'Bring the whole inventory up: prepare the hosts, start the control plane, join every node',
  examples: [
    ['init -i inventory.yaml', 'make the cluster; run again, it changes nothing'],
    ['init --accept-new-host-keys', 'on first contact with the machines'],
    ['init --only sysctls,modules', 'only these phases'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withClockOption(withWriteOptions(withPhaseOptions(yargs))).option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'Only show what would change, as kinit plan does',
    }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    if (args.dryRun) {
      const { showPlan } = await import('../plan/show.js');
      return showPlan(inventory, undefined, args, context);
    }
    const { runEngine } = await import('../run-engine.js');
    const { changes, failedHosts } = await runEngine('init', inventory, undefined, args, context);
    const { name, hosts } = inventory.spec;
    const next = quoteAll(['kinit', 'kubeconfig', ...inventoryWords(args, context)]);
    const text = [
      changes === 0
        ? `Nothing to change: cluster ${name} is as the inventory says (${count(hosts.length, 'host')}).`
        : `Cluster ${name} is ready: ${count(hosts.length, 'host')}, ${count(changes, 'change')}.`,
      `Next: ${next} fetches the administrator's kubeconfig; then: kubectl --kubeconfig kubeconfig get nodes`,
    ].join('\n');
    await context.ui.result(
      { cluster: name, changes, failedHosts },
      args.only === undefined && args.skip === undefined ? text : `Done: ${count(changes, 'change')}.`,
    );
    return 0;
  },
});
