import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Restored } from '../../engine/index.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { CHANGES_HOSTS, REACHES_HOSTS } from '../arguments/exit-codes.js';
import { withConnectOptions, withRunOptions, withWriteOptions } from '../arguments/options.js';
import { ownVersion } from '../arguments/version.js';
import { loadedInventory } from '../files/inventory.js';
import type { Output } from '../files/outputs.js';
import { placeKept } from '../place-keys.js';
import { backups } from './datastore-backups.js';
import type { WriteArguments } from '../run-engine.js';
import type { CommandContext } from '../arguments/command.js';
import type { GlobalOptions } from '../arguments/options.js';

const exitCodes = [...CHANGES_HOSTS, 'refused'] as const;

const backup = defineCommand({
  usage: 'backup',
  describe: 'Copy the data of the cluster into a file here (mode 600), while it runs: consistent, checked',
  examples: [
    ['datastore backup --file cluster.backup', 'secrets of the cluster are in it'],
    ['datastore backup --file cluster.backup --keys cluster.keys', 'the keys of the cluster besides, once'],
    ['datastore backup --file "cluster-$(date +%F).backup"', 'one a day'],
  ],
  exitCodes,
  options: (yargs) =>
    withWriteOptions(withConnectOptions(yargs)).option('file', fileOption('File to write')).option('keys', {
      type: 'string',
      requiresArg: true,
      describe:
        'Write the keys of the cluster into this file (mode 600): with them its data can be restored onto new hosts',
    }),
  run: async (args, context) => {
    const options = await workOf(args, context, [
      { option: '--file', file: args.file, kind: 'other' },
      { option: '--keys', file: args.keys, kind: 'other' },
    ]);
    const [{ backUp }, { writeSecretFile }, { confirmReplaced, confirmOtherKeys }] = await Promise.all([
      import('../../engine/index.js'),
      import('../files/secret.js'),
      import('../files/replaced.js'),
    ]);
    await confirmReplaced(args, options.inventory.spec.name, context);
    const file = resolve(args.file);
    const { manifest, keys } = await backUp({
      ...options,
      version: ownVersion(),
      withKeys: args.keys !== undefined,
      write: (content) => writeSecretFile(file, content),
    });
    if (keys !== undefined && args.keys !== undefined) {
      await confirmOtherKeys(args.keys, keys.ca, args, context);
      await writeSecretFile(args.keys, `${JSON.stringify(keys)}\n`);
    }
    const ofKeys =
      args.keys === undefined
        ? 'The keys of the cluster are not in it: --keys FILE keeps them too, for a restore onto new hosts.'
        : `Written: ${args.keys} with the keys of the cluster. Who has it is the administrator of the cluster: keep it apart from the backup.`;
    const size = bytes((await stat(file)).size);
    await context.ui.result(
      { file, ...manifest },
      `Written: ${file} (${size}, ${String(manifest.keys)} keys, revision ${String(manifest.revision)}).\n${ofKeys}`,
    );
    return 0;
  },
});

const restore = defineCommand({
  usage: 'restore [file]',
  describe: 'Put a backup in the place of the data of its cluster; what was there is kept on the host',
  examples: [
    ['datastore restore cluster.backup', 'where the API server is down'],
    ['datastore restore cluster.backup --stop --yes', 'a cluster that lives is stopped first'],
    ['datastore restore cluster.backup --keys cluster.keys', 'on new hosts, before kinit init makes the cluster again'],
    ['datastore restore --keys cluster.keys', 'where the cluster has lost some of its keys; then kinit init'],
  ],
  exitCodes,
  options: (yargs) =>
    withWriteOptions(withConnectOptions(yargs))
      .positional('file', {
        type: 'string',
        describe: 'A file that kinit datastore backup wrote; with --keys it may be left out',
      })
      .option('stop', { type: 'boolean', default: false, describe: 'Stop a control plane that lives, for it' })
      .option('keys', {
        type: 'string',
        requiresArg: true,
        describe:
          'Put these keys on the first control-plane host, and no data: where no cluster is, for kinit init to make it under them; where theirs is, those that are missing',
      }),
  run: async (args, context) => {
    const options = await workOf(args, context);
    const [{ restoreBackup, openBackup }, { ask }] = await Promise.all([
      import('../../engine/index.js'),
      import('../run-engine.js'),
    ]);
    const opened = args.file === undefined ? undefined : await openBackup(args.file);
    if (args.keys !== undefined) return placeKept(args.keys, opened?.manifest, options, context.ui);
    if (opened === undefined)
      throw new KinitError('restore needs a file', {
        class: 'usage',
        hint: 'Name one that kinit datastore backup wrote, or keys that it wrote: --keys FILE.',
      });
    const { manifest, copy } = opened;
    const question = `All that was written to ${manifest.cluster} after ${manifest.taken} goes. Restore it?`;
    const agree = args.stop ? (): Promise<void> => ask(question, args, context) : undefined;
    const done = await restoreBackup({ ...options, manifest, copy, stop: args.stop, ...defined({ agree }) });
    const lines = [
      `Restored: ${manifest.cluster} as it was at ${manifest.taken}. Its nodes are ready.`,
      ...whatWasThere(done.kept),
      ...(done.others.length === 0
        ? []
        : [
            `Nodes that are no hosts of the inventory: ${done.others.join(', ')}. One that is gone: kubectl delete node NAME`,
          ]),
      ...(done.gone.length === 0
        ? []
        : [
            `Control planes that are no hosts of the inventory any more, and were taken out of the cluster: ${done.gone.join(', ')}. One that comes back has the old data: give it back first, by an inventory of its own (docs/high-availability.md)`,
          ]),
      ...(done.registered.length === 0 ? [] : [`Nodes that the backup did not know: ${done.registered.join(', ')}`]),
      'Next: kinit init brings what kinit itself keeps in the cluster to what the inventory says now.',
    ];
    await context.ui.result({ ...done, taken: manifest.taken, revision: manifest.revision }, lines.join('\n'));
    return 0;
  },
});

const status = defineCommand({
  usage: 'status',
  describe: 'Show how large the datastore is, which keys make it so, who holds it, and what of it is slow',
  examples: [
    ['datastore status', 'size, log, members, slow requests, rows a key'],
    ['datastore status --output json', 'the same for a script'],
  ],
  exitCodes: [...REACHES_HOSTS, 'change', 'refused'],
  options: (yargs) => withConnectOptions(yargs),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ lookAtDatastore }, { renderDatastore }] = await Promise.all([
      import('../../engine/index.js'),
      import('../render/tables/datastore.js'),
    ]);
    const seen = await lookAtDatastore({ ...context, inventory, acceptNewHostKeys: args.acceptNewHostKeys });
    await context.ui.result(seen, renderDatastore(seen));
    return 0;
  },
});

const compact = defineCommand({
  usage: 'compact',
  describe: 'Give disk space back that the datastore no longer uses, while the cluster runs',
  examples: [['datastore compact', 'writes wait meanwhile, a second for some hundred megabytes']],
  exitCodes,
  options: (yargs) => withWriteOptions(withConnectOptions(yargs)),
  run: async (args, context) => {
    const options = await workOf(args, context);
    const { compactDatastore } = await import('../../engine/index.js');
    const { before, after } = await compactDatastore(options);
    const was = before.bytes + before.writeAheadLog;
    await context.ui.result(
      { before: was, after: after.bytes },
      `Compacted: ${bytes(was)} with its write-ahead log before, ${bytes(after.bytes)} now.`,
    );
    return 0;
  },
});

const migrate = defineCommand({
  usage: 'migrate',
  describe:
    'Bring the data from the datastore that the cluster has to the one that the inventory names, then kinit init',
  examples: [
    ['datastore backup --file before.backup', 'first, with the inventory as it was'],
    ['datastore migrate', 'with another datastore in the inventory than the cluster has'],
  ],
  exitCodes: [...exitCodes, 'preflight', 'artifact'],
  options: (yargs) => withWriteOptions(withRunOptions(yargs)),
  run: async (args, context) => {
    const options = await workOf(args, context);
    const [{ migrateDatastore }, { ask, runEngine }] = await Promise.all([
      import('../../engine/index.js'),
      import('../run-engine.js'),
    ]);
    const { name } = options.inventory.spec;
    const agree = (question: string): Promise<void> => ask(question, args, context);
    const away = 'The API is away until the data are in the other datastore. Migrate them?';
    const done = await migrateDatastore({ ...options, agree: () => agree(away) });
    if (done === 'settled') {
      const datastore = options.inventory.spec.datastore;
      await context.ui.result(
        { cluster: name, changes: 0 },
        `Nothing to migrate: the data of ${name} are in ${datastore}, as the inventory says. Nothing was changed.`,
      );
      return 0;
    }
    if (done === 'brought')
      await agree(`The data of ${name} are in the other datastore already. Go on with kinit init?`);
    const { changes } = await runEngine('init', options.inventory, undefined, args, context);
    await context.ui.result(
      { cluster: name, ...(done === 'brought' ? {} : done), changes },
      done === 'brought'
        ? `The data of ${name} are there already. ${String(changes)} changes.`
        : `Migrated: ${name} from ${done.from} to ${done.to}, ${String(done.keys)} keys.${done.kept === '' ? '' : ` The old data are in ${done.kept}; kinit reset takes them away.`}`,
    );
    return 0;
  },
});

/** One line for each folder. */
function whatWasThere(kept: Restored['kept']): string[] {
  return [...new Set(kept.map(({ folder }) => folder))].map((folder) => {
    const hosts = kept.filter((each) => each.folder === folder).map(({ host }) => host);
    return folder === ''
      ? `Nothing was there on ${hosts.join(', ')}.`
      : `What was there: ${folder} on ${hosts.join(', ')}; kinit reset takes it away.`;
  });
}

/** The data of the cluster. */
export const datastore = defineGroup(
  'datastore',
  "Back up, restore, look at and compact the cluster's data",
  [backup, backups, restore, status, compact, migrate],
  [
    ['datastore backup --file cluster.backup', 'while the cluster runs'],
    ['datastore restore cluster.backup', 'back to it'],
  ],
);

type Work = Pick<GlobalOptions, 'inventory'> &
  Pick<WriteArguments, 'lockWait' | 'forceUnlock'> & { readonly acceptNewHostKeys: boolean };

/** What every command here that changes something hands to the engine. */
async function workOf(args: Work, context: CommandContext, outputs: readonly Output[] = []) {
  const inventory = await loadedInventory(args, context, outputs);
  const { writeOptionsOf } = await import('../run-engine.js');
  const { lock } = writeOptionsOf(args);
  const { emit, signal } = context;
  return { inventory, acceptNewHostKeys: args.acceptNewHostKeys, lock, emit, signal };
}

function fileOption(describe: string) {
  return { type: 'string', demandOption: true, requiresArg: true, describe } as const;
}

function bytes(count: number): string {
  return count < 1_000_000 ? `${String(Math.ceil(count / 1000))} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
