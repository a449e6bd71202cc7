import { quoteAll } from '../../shell/quote.js';
import { defined } from '../../model/defined.js';
import { RESULT_CODES } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { CommandContext } from '../arguments/command.js';
import { inventoryWords } from '../files/inventory.js';
import { writePlan } from './file.js';
import { renderPlan } from '../render/tables/changes.js';
import { runEngine, type RunArguments } from '../run-engine.js';

export interface PlanArguments extends RunArguments {
  readonly inventory?: string | undefined;
  readonly out?: string | undefined;
}

/** What init would change: `kinit plan`, and `kinit init --dry-run`. */
export async function showPlan(
  inventory: LoadedInventory,
  hosts: readonly string[] | undefined,
  args: PlanArguments,
  context: CommandContext,
): Promise<number> {
  const { record, ui } = context;
  const names = inventory.spec.hosts.map(({ name }) => name);
  try {
    const { plan } = await runEngine('plan', inventory, hosts, args, context);
    if (args.out !== undefined && plan !== undefined) await writePlan(args.out, plan, inventory.file);
  } catch (thrown) {
    // What the other hosts need is worth knowing all the same. A plan to apply needs all of them.
    if (record.changes.length > 0) await ui.say(renderPlan(record.changes, names, ui.paint, ui.verbose));
    throw thrown;
  }
  const changes = record.changes.length;
  const next =
    args.out === undefined
      ? ''
      : `\nWritten: ${args.out}. Next: ${quoteAll(['kinit', 'apply', args.out, ...inventoryWords(args, context)])} does exactly this, or stops when something has changed.`;
  await ui.result(
    { changes, ...defined({ file: args.out }) },
    `${renderPlan(record.changes, names, ui.paint, ui.verbose)}${next}`,
  );
  return args.exitCode === true && changes > 0 ? RESULT_CODES.changes : 0;
}
