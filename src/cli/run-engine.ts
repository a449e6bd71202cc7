import type { RunOptions, RunResult } from '../engine/index.js';
import type { LoadedInventory } from '../model/spec.js';
import type { CommandContext } from './command.js';
import { positiveInteger } from './options.js';
import { renderTiming } from './render/timing.js';

/** Options of init, join, plan and check as yargs hands them over. */
export interface RunArguments {
  readonly skip?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly ignorePreflight?: readonly string[] | undefined;
  readonly acceptNewHostKeys: boolean;
  readonly parallel?: number | undefined;
  readonly timing: boolean;
}

/** Runs the engine for a command; prints the tables of --timing, also after a failure. */
export async function runEngine(command: RunOptions['command'], inventory: LoadedInventory, hosts: readonly string[] | undefined, args: RunArguments, context: CommandContext): Promise<RunResult> {
  const parallel = positiveInteger('parallel', args.parallel);
  const { runCluster } = await import('../engine/index.js');
  return withTiming(args.timing, context, () =>
    runCluster({
      inventory,
      command,
      skip: args.skip ?? [],
      only: args.only ?? [],
      ignorePreflight: args.ignorePreflight ?? [],
      acceptNewHostKeys: args.acceptNewHostKeys,
      emit: context.emit,
      signal: context.signal,
      ...(hosts === undefined || hosts.length === 0 ? {} : { hosts }),
      ...(parallel === undefined ? {} : { parallel }),
    }),
  );
}

/** The tables are made from the run's events, so that a failed run has them too. */
export async function withTiming<T>(wanted: boolean, { ui, record }: Pick<CommandContext, 'ui' | 'record'>, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    if (wanted && record.phases.length + record.hosts.length > 0) await ui.say(`\n${renderTiming(record)}`);
  }
}
