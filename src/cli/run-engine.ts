import type { ReviewedPlan, RunOptions, RunResult } from '../engine/index.js';
import { defined } from '../model/defined.js';
import type { LoadedInventory } from '../model/spec.js';
import type { CommandContext } from './arguments/command.js';
import { withReport, type ReportArguments } from './report.js';
import { confirm } from './terminal/confirm.js';
import { parseDuration } from './terminal/size.js';
import { ownVersion } from './arguments/version.js';

/** Options of init, join, plan and check as yargs hands them over. */
export interface RunArguments extends ReportArguments, Partial<WriteArguments> {
  readonly skip?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly ignorePreflight?: readonly string[] | undefined;
  readonly acceptNewHostKeys: boolean;
  readonly yes: boolean;
  /** Of apply. */
  readonly reviewed?: ReviewedPlan;
  /** Of upgrade. */
  readonly upgrade?: RunOptions['upgrade'];
  /** Of runtime change and upgrade. */
  readonly drainTimeout?: string;
  /** Of init, join and certs renew. */
  readonly setClocks?: boolean;
  /** Of certs renew. */
  readonly renewal?: RunOptions['renewal'];
  /** Of certs rotate-ca. */
  readonly rotation?: RunOptions['rotation'];
}

/** Options of commands that change hosts. */
export interface WriteArguments {
  readonly strict: boolean;
  readonly lockWait: string;
  readonly forceUnlock: boolean;
}

/** Runs the engine for a command and reports. */
export async function runEngine(
  command: RunOptions['command'],
  inventory: LoadedInventory,
  hosts: readonly string[] | undefined,
  args: RunArguments,
  context: CommandContext,
): Promise<RunResult> {
  const writing = writeOptionsOf(args);
  const { runCluster } = await import('../engine/index.js');
  return withReport(args, context, () =>
    runCluster({
      inventory,
      command,
      skip: args.skip ?? [],
      only: args.only ?? [],
      ignorePreflight: args.ignorePreflight ?? [],
      acceptNewHostKeys: args.acceptNewHostKeys,
      version: ownVersion(),
      emit: context.emit,
      ...(command === 'init' || command === 'join'
        ? { mayReboot: (question: string) => ask(question, args, context) }
        : {}),
      signal: context.signal,
      ...writing,
      ...defined({
        reviewed: args.reviewed,
        setClocks: args.setClocks,
        renewal: args.renewal,
        rotation: args.rotation,
        upgrade: args.upgrade,
        drainSeconds: args.drainTimeout === undefined ? undefined : parseDuration('drain-timeout', args.drainTimeout),
      }),
      ...(hosts === undefined || hosts.length === 0 ? {} : { hosts }),
    }),
  );
}

/** Asks in the middle of a run: the live display waits. */
export async function ask(question: string, args: { readonly yes: boolean }, context: CommandContext): Promise<void> {
  const release = context.ui.hold();
  try {
    await confirm(question, args, context);
  } finally {
    release();
  }
}

/** What --strict, --lock-wait and --force-unlock ask for. */
export function writeOptionsOf({
  strict = false,
  lockWait = '0',
  forceUnlock = false,
}: Partial<WriteArguments>): Pick<RunOptions, 'strict' | 'lock'> {
  return {
    strict,
    lock: { waitSeconds: parseDuration('lock-wait', lockWait, 'stop and say who it is'), force: forceUnlock },
  };
}
