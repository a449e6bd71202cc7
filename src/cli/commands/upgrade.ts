import { dirname, join } from 'node:path';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { withCheckOptions, withWriteOptions } from '../arguments/options.js';
import { loadedInventory } from '../files/inventory.js';
import { count } from '../render/text.js';

type Stage = 'soak' | 'finish' | 'back';

/** A running cluster to a later version of Kubernetes. */
export const upgrade = defineCommand({
  usage: 'upgrade',
  describe: "Bring a running cluster to the inventory's version of Kubernetes: control planes first, then node by node",
  examples: [
    ['upgrade --dry-run', 'all that would move, and what may block it'],
    ['upgrade', 'to kubernetesVersion of the inventory; run again, it goes on where it was cut'],
    ['upgrade --to 1.36.3', 'whatever the inventory says'],
    ['upgrade --soak', 'only the control plane, which behaves as the minor version before; then --finish or --back'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withWriteOptions(withCheckOptions(yargs))
      .option('to', { type: 'string', requiresArg: true, describe: 'Version to go to; default: that of the inventory' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only show what would be done' })
      .option('soak', {
        type: 'boolean',
        describe:
          'Only to the programs of the control plane, which behave as those of the minor version before, until --finish or --back',
      })
      .option('finish', { type: 'boolean', describe: 'End a soak: all of the cluster to the later version' })
      .option('back', { type: 'boolean', describe: 'End a soak: the control plane back to the version before' })
      .conflicts('soak', ['finish', 'back'])
      .conflicts('finish', 'back')
      .option('drain-timeout', {
        type: 'string',
        default: '5m',
        requiresArg: true,
        describe:
          'How long the pods of a node may take to leave it (30s, 10m); then it takes pods again, and the upgrade ends there',
      })
      .option('ignore-health', {
        type: 'boolean',
        default: false,
        describe: 'Go on although nodes are not Ready, hosts do not answer, or API versions are in use that go',
      })
      .option('snapshot', {
        type: 'string',
        requiresArg: true,
        describe:
          'Folder here for the copy of the data that is taken before (mode 600); default: that of the inventory',
      }),
  run: async (args, context) => {
    const written = [{ option: '--snapshot', file: args.snapshot, kind: 'folder' }] as const;
    const inventory = await withVersion(await loadedInventory(args, context, written), args.to);
    const [{ runEngine }, { renderPlan }, { BUDGET_TEXT, hostSeconds, renderSeconds }, { writeSecretFile }] =
      await Promise.all([
        import('../run-engine.js'),
        import('../render/tables/changes.js'),
        import('../render/tables/budget.js'),
        import('../files/secret.js'),
      ]);
    const { record, ui } = context;
    const { kubernetesVersion, hosts } = inventory.spec;
    const folder = args.snapshot ?? dirname(inventory.file);
    const wishes = {
      despiteTrouble: args.ignoreHealth,
      ...defined({ stage: stageOf(args) }),
      save: async (name: string, content: AsyncIterable<Uint8Array>): Promise<string> => {
        const file = join(folder, `${name}-${new Date().toISOString().replace(/[-:]|\..*/g, '')}.backup`);
        await writeSecretFile(file, content);
        return file;
      },
    };
    if (args.dryRun) {
      await runEngine('upgrade-plan', inventory, undefined, { ...args, upgrade: wishes }, context);
      const names = hosts.map(({ name }) => name);
      const plan = renderPlan(record.changes, names, ui.paint, ui.verbose);
      const budget = record.changes.length === 0 ? [] : ['', BUDGET_TEXT];
      await ui.result({ changes: record.changes.length }, [plan, ...budget].join('\n'));
      return 0;
    }
    const { changes, failedHosts, goesOnWith } = await runEngine(
      'upgrade',
      inventory,
      undefined,
      { ...args, upgrade: wishes },
      context,
    );
    if (goesOnWith !== undefined) {
      const said =
        args.soak === true ? await soaks(kubernetesVersion, goesOnWith, changes) : isBack(goesOnWith, changes);
      await ui.result({ kubernetes: goesOnWith, changes, failedHosts }, said);
      return 0;
    }
    const done =
      changes === 0
        ? `Nothing to change: the cluster runs Kubernetes ${kubernetesVersion}.`
        : `The cluster runs Kubernetes ${kubernetesVersion} now: ${count(changes, 'change')}.`;
    const next = args.to === undefined ? [] : [`Next: set kubernetesVersion: ${kubernetesVersion} in the inventory.`];
    const controlPlanes = hosts.filter(({ roles }) => roles.includes('control-plane')).map(({ name }) => name);
    const took = hostSeconds(record.phases, new Set(controlPlanes));
    const table = changes === 0 ? [] : [renderSeconds(took), ''];
    await ui.result(
      { kubernetes: kubernetesVersion, changes, failedHosts, took },
      [...table, done, ...next].join('\n'),
    );
    return 0;
  },
});

function stageOf({ soak, finish, back }: Readonly<Record<Stage, boolean | undefined>>): Stage | undefined {
  return soak === true ? 'soak' : finish === true ? 'finish' : back === true ? 'back' : undefined;
}

async function soaks(to: string, from: string, changes: number): Promise<string> {
  const { minorOf } = await import('../../model/text/version.js');
  const state = `the control plane runs Kubernetes ${to} and behaves as ${minorOf(from)}`;
  return [
    changes === 0 ? `Nothing to change: ${state}.` : `The cluster soaks now: ${state}. ${count(changes, 'change')}.`,
    `Next: kinit upgrade --finish brings all of it to ${to}; kinit upgrade --back returns to ${from}.`,
  ].join('\n');
}

function isBack(from: string, changes: number): string {
  return [
    `The cluster runs Kubernetes ${from} again: ${count(changes, 'change')}.`,
    `Next: set kubernetesVersion: ${from} in the inventory.`,
  ].join('\n');
}

async function withVersion(inventory: LoadedInventory, to: string | undefined): Promise<LoadedInventory> {
  if (to === undefined) return inventory;
  const [{ KUBERNETES_VERSIONS }, { compareVersions }] = await Promise.all([
    import('../../model/spec.js'),
    import('../../model/text/version.js'),
  ]);
  const kubernetesVersion = to.replace(/^v/, '');
  const { minimum, maximum } = KUBERNETES_VERSIONS;
  const known =
    /^\d+\.\d+\.\d+$/.test(kubernetesVersion) &&
    compareVersions(kubernetesVersion, minimum) >= 0 &&
    compareVersions(kubernetesVersion, maximum) <= 0;
  if (!known)
    throw new KinitError(`--to must be a full version from ${minimum} to ${maximum}, such as 1.36.3`, {
      class: 'usage',
      found: to,
    });
  return { ...inventory, spec: { ...inventory.spec, kubernetesVersion } };
}
