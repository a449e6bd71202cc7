import type { CommandContext } from './arguments/command.js';
import { toFailure } from './errors.js';
import { renderJunit } from './render/files/junit.js';
import { timelinePage } from './render/files/timeline/page.js';
import { renderSummary } from './render/tables/summary.js';
import { renderTiming } from './render/tables/timing.js';
import { writeFileBeside } from './files/secret.js';

export interface ReportArguments {
  readonly timing: boolean;
  readonly junit?: string | undefined;
  readonly timeline?: string | undefined;
  /** Of plan. */
  readonly exitCode?: boolean;
}

/** Runs `use`, then tells how it went on each host, from the run's events: also, and above all, after a failure. */
export async function withReport<T>(args: ReportArguments, context: CommandContext, use: () => Promise<T>): Promise<T> {
  const started = performance.now();
  let thrown: unknown;
  try {
    return await use();
  } catch (error) {
    thrown = error;
    throw error;
  } finally {
    await report(args, context, (performance.now() - started) / 1000, thrown);
  }
}

async function report(
  args: ReportArguments,
  { ui, record, command }: CommandContext,
  seconds: number,
  thrown: unknown,
): Promise<void> {
  if (args.timing && record.phases.length + record.hosts.length > 0) await ui.say(`\n${renderTiming(record)}`);
  const summary = renderSummary(record, ui.paint);
  if (summary !== '') await ui.say(`\n${summary}`);
  if (args.timeline !== undefined) await writeFileBeside(args.timeline, timelinePage(record.heard, command), 0o644);
  if (args.junit === undefined) return;
  const failure = thrown === undefined ? {} : { failure: toFailure(thrown) };
  await writeFileBeside(
    args.junit,
    renderJunit(record, { command, seconds, changesFail: args.exitCode === true, ...failure }),
    0o644,
  );
}
