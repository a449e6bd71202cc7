import { defined } from '../../model/defined.js';
import { asKinitError, KinitError, told, type ErrorContext } from '../../model/error.js';
import type { Emit, HostOutcome } from '../../model/event.js';
import { groupBy } from '../../model/once.js';
import { interruption } from './stopped.js';
import type { PlanContent } from '../../model/plan.js';
import type { OpenHost } from '../session/session.js';

export interface PhaseTiming {
  readonly host: string;
  readonly phase: string;
  readonly seconds: number;
  readonly roundTrips: number;
  readonly changes: number;
}

/** What the pipelines of all hosts came to. */
export interface HostsOutcome {
  /** What would be done; of a dry run. */
  readonly plan?: PlanContent;
  readonly timings: readonly PhaseTiming[];
  /** What ended a host's pipeline, by its name. */
  readonly failures: ReadonlyMap<string, unknown>;
  /** Kubernetes version that the cluster goes on with, where it need not be the inventory's. */
  readonly goesOnWith?: string;
}

export const NOTHING_DONE: HostsOutcome = { timings: [], failures: new Map() };

/** How it went on one host. */
export interface HostResult {
  readonly host: string;
  /** Absent where the host is through. */
  readonly error?: unknown;
  readonly changes: number;
  readonly seconds: number;
  readonly execChannels: number;
  readonly roundTrips: number;
}

/** How it went on each host, from the phases it went through. @param errorOf what ended it there, if anything did */
export function hostResults(
  names: readonly string[],
  live: readonly OpenHost[],
  timings: readonly PhaseTiming[],
  errorOf: (host: string) => unknown,
): HostResult[] {
  const ofHost = groupBy(timings, ({ host }) => [host]);
  const connections = new Map(live.map(({ spec, connection }) => [spec.name, connection]));
  return names.map((host) => {
    const mine = ofHost.get(host) ?? [];
    const error = errorOf(host);
    const { execChannels = 0, roundTrips = 0 } = connections.get(host)?.stats ?? {};
    return {
      host,
      ...defined({ error }),
      changes: mine.reduce((total, { changes }) => total + changes, 0),
      seconds: mine.reduce((total, { seconds }) => total + seconds, 0),
      execChannels,
      roundTrips,
    };
  });
}

/** Tells a failure when it happens; the host's pipeline ends with it. */
export function reportFailure(emit: Emit, host: string, phase: string, error: KinitError): void {
  emit({ type: 'phase-failed', host, phase, message: error.message, error: told(error) });
}

/** Tells how it went on each host and altogether. */
export function reportOutcome(emit: Emit, results: readonly HostResult[], seconds: number): void {
  for (const { error, ...row } of results) emit({ type: 'host-finished', ...row, outcome: outcomeOf(error) });
  emit({
    type: 'run-finished',
    changes: totalChanges(results),
    seconds,
    failedHosts: results.filter(isFailed).map(({ host }) => host),
  });
}

/** Tells that a run ended before any host was worked on. */
export function reportNothingDone(emit: Emit, hosts: readonly string[], seconds: number): void {
  emit({ type: 'run-finished', changes: 0, seconds, failedHosts: hosts });
}

export function totalChanges(results: readonly HostResult[]): number {
  return results.reduce((sum, { changes }) => sum + changes, 0);
}

export function isFailed({ error }: HostResult): boolean {
  return error !== undefined;
}

/**
 * The error of the whole run, undefined when every host is through. Where the leader failed there is no working cluster,
 * and its failure is the run's. Where it did not and at least one host is through, the run is done in part (one that
 * changes nothing, like check and plan, is not done at all then).
 */
export function runError(
  results: readonly HostResult[],
  { leader, retry, changing = true }: { readonly leader?: string; readonly retry: string; readonly changing?: boolean },
): KinitError | undefined {
  const failed = results.filter(isFailed);
  if (failed.length === 0) return undefined;
  const stopped = interruption(failed.map(({ error }) => error));
  if (stopped !== undefined) return stopped;
  const own = failed.filter(({ error }) => outcomeOf(error) === 'failed');
  const causes = own.length > 0 ? own : failed;
  const decisive = causes.find(({ host }) => host === leader);
  const someDone = changing && failed.length < results.length;
  if (failed.length === 1 && (decisive !== undefined || !someDone)) return asKinitError(failed[0]?.error);
  if (own.length === 1 && !someDone) return asKinitError(own[0]?.error);
  const classes = new Set(causes.map(({ error }) => classOf(error)));
  const common = classes.size === 1 && !someDone ? [...classes][0] : undefined;
  return new KinitError(
    `${String(failed.length)} of ${String(results.length)} hosts failed: ${failed.map(({ host }) => host).join(', ')}`,
    {
      class: decisive === undefined ? (common ?? 'partial') : classOf(decisive.error),
      found: causes
        .map(({ host, error }) => `${host}: ${error instanceof Error ? error.message : String(error)}`)
        .join('\n'),
      hint: `Mend the hosts named above, then ${retry}.`,
    },
  );
}

function outcomeOf(error: unknown): HostOutcome {
  if (error === undefined) return 'done';
  return ['partial', 'interrupted'].includes(classOf(error)) ? 'stopped' : 'failed';
}

function classOf(error: unknown): ErrorContext['class'] {
  return error instanceof KinitError ? error.context.class : 'internal';
}
