import { resolve } from 'node:path';
import { KinitError } from '../../model/error.js';
import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { withRunOptions } from '../arguments/options.js';
import { inventoryFile, inventoryWords, loadedInventory, reportsOf } from '../files/inventory.js';

/** The way in for a cluster that kinit did not make. */
export const adopt = defineCommand({
  usage: 'adopt <address>',
  describe: 'Read a cluster that kubeadm made and write the inventory that describes it; changes nothing in it',
  examples: [
    ['adopt 192.0.2.11', "from its control-plane host: writes inventory.yaml, then shows init's plan"],
    ['adopt admin@192.0.2.11 -i lab.yaml', 'with another login and file'],
    ['adopt 192.0.2.11 --no-plan', 'only the inventory'],
  ],
  exitCodes: [...REACHES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withRunOptions(yargs)
      .positional('address', {
        type: 'string',
        demandOption: true,
        describe: 'Where SSH reaches its control-plane host: [user@]address, or a Host of ~/.ssh/config',
      })
      .option('port', { type: 'number', requiresArg: true, describe: 'TCP port of sshd on its hosts' })
      .option('identity-file', { type: 'string', requiresArg: true, describe: 'Private key file' })
      .option('plan', { type: 'boolean', default: true, describe: 'Show what kinit init would change (--no-plan)' }),
  run: async (args, context) => {
    const file = inventoryFile(args, context);
    const [{ defined }, { readForeignCluster }, { refuseThere, writeNewInventory }, { refuseUnfit }] =
      await Promise.all([
        import('../../model/defined.js'),
        import('../../engine/index.js'),
        import('../adopt/write.js'),
        import('../files/outputs.js'),
      ]);
    await refuseThere(file);
    await refuseUnfit([...reportsOf(args)], file);
    const [user, address] = split(args.address);
    const described = await readForeignCluster({
      ...{ address, file, acceptNewHostKeys: args.acceptNewHostKeys, emit: context.emit, signal: context.signal },
      ...defined({ user, port: args.port, identityFile: keyFile(args.identityFile), ask: context.ui.askSecret }),
    });
    await writeNewInventory(file, described);
    const { left, blocking } = described;
    await context.ui.result({ inventory: file, left, blocking }, sentences(file, described));
    if (blocking.length > 0)
      throw new KinitError('this cluster cannot be taken over as it is; nothing of it was changed', {
        class: 'refused',
        found: blocking.join('\n'),
        hint: `${file} describes it, without clusterId: kinit init will refuse. Change what is named above, then run kinit adopt again.`,
      });
    if (!args.plan) return 0;
    const { showPlan } = await import('../plan/show.js');
    return showPlan(await loadedInventory(args, context), [], { ...args, exitCode: false, out: undefined }, context);

    function sentences(path: string, { left: kept }: typeof described): string {
      const next = ['kinit', 'init', ...inventoryWords(args, context)].join(' ');
      return [
        `Written: ${path}. It describes the cluster; nothing was changed in it or on its hosts.`,
        ...kept.map((line) => `- ${line}`),
        `Read the file and the plan; ${next} then takes the cluster over.`,
      ].join('\n');
    }
  },
});

/** Typed from here; what stands in an inventory is looked for from its folder. */
function keyFile(typed: string | undefined): string | undefined {
  return typed === undefined || typed.startsWith('~') ? typed : resolve(typed);
}

function split(typed: string): readonly [user: string | undefined, address: string] {
  const at = typed.lastIndexOf('@');
  return at === -1 ? [undefined, typed] : [typed.slice(0, at), typed.slice(at + 1)];
}
