import type { Argv } from 'yargs';
import type { RotationSort } from '../engine/index.js';
import { defined } from '../model/defined.js';
import type { Stage } from '../pki/index.js';
import type { CommandContext } from './arguments/command.js';
import { loadedInventory } from './files/inventory.js';
import type { RunArguments } from './run-engine.js';
import { confirm } from './terminal/confirm.js';

/** What is said of a replacement that goes in stages. */
export interface RotationTexts {
  readonly stages: Readonly<Record<Stage, string>>;
  /** What a person does when it is through. */
  readonly afterwards: string;
}

interface ReplaceArguments extends RotationTexts, RunArguments {
  readonly inventory: string | undefined;
  readonly sort: RotationSort;
  /** Ids of the phases that it goes through. */
  readonly phases: () => Promise<readonly string[]>;
  readonly name: readonly string[];
  readonly dryRun: boolean;
  readonly again: boolean;
  readonly leavePods?: boolean;
  readonly leaveTokens?: boolean;
}

/** Options of all commands that replace something in stages. @param word what that is */
export function withRotationOptions<T>(yargs: Argv<T>, word: string) {
  return yargs
    .option('dry-run', { type: 'boolean', default: false, describe: 'Only show what the next stage would do' })
    .option('again', { type: 'boolean', default: false, describe: `Replace also a ${word} that was made today` });
}

/** Carries out the stages that are left, or with --dry-run shows the first of them. */
export async function replace(args: ReplaceArguments, context: CommandContext): Promise<number> {
  const inventory = await loadedInventory(args, context);
  const [{ plannedRotation, rotate }, { runEngine }, only, { renderPlan }] = await Promise.all([
    import('../engine/index.js'),
    import('./run-engine.js'),
    args.phases(),
    import('./render/tables/changes.js'),
  ]);
  const { ui, record, signal } = context;
  const { sort, acceptNewHostKeys, name: names, again, leavePods, leaveTokens } = args;
  const options = { inventory, sort, acceptNewHostKeys, signal, names, again, ...defined({ leavePods, leaveTokens }) };
  const steps = await plannedRotation(options);
  const run = { ...args, only };
  const [first] = steps;
  const which = first?.names.join(', ') ?? '';
  const told = { names: first?.names ?? [], stages: steps.map(({ stage }) => stage) };
  if (args.dryRun) {
    await runEngine('plan', inventory, undefined, { ...run, ...defined({ rotation: first }) }, context);
    const hosts = inventory.spec.hosts.map((host) => host.name);
    const shown = renderPlan(record.changes, hosts, ui.paint, ui.verbose);
    const left = steps.map(({ stage }) => `${stage}: ${args.stages[stage]}`).join('\n  ');
    await ui.result(
      { ...told, changes: record.changes.length },
      `${shown}\n\nStages of ${which} that are left; the changes above are the first one's:\n  ${left}`,
    );
    return 0;
  }
  await confirm(`Replace ${which} (${told.stages.join(', ')})?`, args, context);
  await rotate(steps, options, async (rotation) => {
    await runEngine('init', inventory, undefined, { ...run, rotation }, context);
  });
  await ui.result(told, `Replaced: ${which}. ${args.afterwards}`);
  return 0;
}
