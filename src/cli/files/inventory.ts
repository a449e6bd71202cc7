import { resolve } from 'node:path';
import { KinitError } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { CommandContext } from '../arguments/command.js';
import { positiveInteger } from '../arguments/options.js';
import type { Output } from './outputs.js';

/** The inventory file the user means: --inventory, else KINIT_INVENTORY, else ./inventory.yaml. */
export function inventoryFile(
  args: { readonly inventory?: string | undefined },
  { io }: Pick<CommandContext, 'io'>,
): string {
  if (Array.isArray(args.inventory))
    throw new KinitError('--inventory can be given only once', { class: 'usage', found: args.inventory.join(', ') });
  const fromEnvironment = io.env['KINIT_INVENTORY'];
  return (
    args.inventory ?? (fromEnvironment === undefined || fromEnvironment === '' ? 'inventory.yaml' : fromEnvironment)
  );
}

interface InventoryArguments {
  readonly inventory?: string | undefined;
  readonly parallel?: number | undefined;
  readonly junit?: string | undefined;
  readonly timeline?: string | undefined;
  readonly yes?: boolean;
  /** Names of hosts. */
  readonly host?: readonly string[] | undefined;
}

/**
 * Reads and checks it, with the names of hosts that were typed, and looks at the files that are to be written. Nothing is touched on any host while something is wrong with these.
 * @param more files that the command writes besides its reports
 */
export async function loadedInventory(
  args: InventoryArguments,
  context: Pick<CommandContext, 'io' | 'ui' | 'signal' | 'command'>,
  more: readonly Output[] = [],
): Promise<LoadedInventory> {
  const parallel = positiveInteger('parallel', args.parallel);
  // Not at the top of the file: `kinit --help` must not wait for what only some commands need.
  const [{ checkHostNames, loadInventory }, { confirmOutputs, refuseUnfit }] = await Promise.all([
    import('../../inventory/index.js'),
    import('./outputs.js'),
  ]);
  const outputs: readonly Output[] = [...reportsOf(args), ...more];
  await refuseUnfit(outputs, inventoryFile(args, context));
  const loaded = await loadInventory(inventoryFile(args, context));
  checkHostNames(args.host, loaded);
  await confirmOutputs(outputs, loaded, { yes: args.yes === true }, context);
  const { withholdFromPrograms } = await import('../../ssh/local.js');
  withholdFromPrograms(variablesIn(loaded.spec));
  // For connecting, asking and working alike.
  const inventory = parallel === undefined ? loaded : { ...loaded, spec: { ...loaded.spec, parallel } };
  const { askSecret } = context.ui;
  return askSecret === undefined ? inventory : { ...inventory, ask: askSecret };
}

/** Reports that many commands write. */
export function reportsOf({ junit, timeline }: Pick<InventoryArguments, 'junit' | 'timeline'>): readonly Output[] {
  return [
    { option: '--junit', file: junit, kind: 'junit' },
    { option: '--timeline', file: timeline, kind: 'page' },
  ];
}

/** Names of the environment variables that the inventory takes secrets from. */
function variablesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'string' && key.endsWith('Env') ? [each] : variablesIn(each),
  );
}

/** The words that name this inventory in a command for the user to type; nothing where it is found by itself. */
export function inventoryWords(
  args: { readonly inventory?: string | undefined },
  context: Pick<CommandContext, 'io'>,
): readonly string[] {
  return args.inventory === undefined || resolve(args.inventory) === resolve(inventoryFile({}, context))
    ? []
    : ['-i', args.inventory];
}
