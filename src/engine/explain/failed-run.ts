import { diagnose } from '../../doctor/index.js';
import { defined } from '../../model/defined.js';
import { KinitError, type ErrorClass } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { LoadedInventory } from '../../model/spec.js';
import { accessThrough } from '../api/access.js';
import { evidenceOf } from './doctor.js';
import type { LiveHost, LostHost } from '../session/session.js';
import { factsOf } from '../session/facts.js';

/** Failures that say what came out, not why: these are worth a look around. */
const UNEXPLAINED: readonly ErrorClass[] = ['timeout', 'change', 'access'];
/** More would not help to see what came first. */
const MAX_FINDINGS = 10;

/**
 * When a wait ran out or a command failed: looks at every host that answers and at the cluster, and tells the causes it knows,
 * the first one first. Those of hosts that failed come before those of others. Never throws: it must not hide the failure it explains.
 */
export async function explainFailedRun({
  inventory,
  live,
  lost,
  failures,
  notReached,
  emit,
  signal,
}: {
  readonly inventory: LoadedInventory;
  readonly live: readonly LiveHost[];
  readonly lost: readonly LostHost[];
  readonly failures: Iterable<readonly [host: string, error: unknown]>;
  /** Phases of this run that no host came to: what they would see to is a consequence, not a cause. */
  readonly notReached: readonly string[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
}): Promise<void> {
  const told = [...failures].flatMap(([, error]) =>
    error instanceof KinitError ? [error.message, error.context.found ?? ''] : [],
  );
  const failed = [...failures]
    .filter(([, error]) => error instanceof KinitError && UNEXPLAINED.includes(error.context.class))
    .map(([host]) => host);
  if (failed.length === 0 || signal.aborted) return;
  emit({ type: 'progress', text: 'looking for the cause on the hosts' });
  // The run has changed what was known: certificates, services, addresses.
  const fresh = (
    await Promise.all(
      live.map(async (host) => ({
        ...host,
        facts: await factsOf(host.connection, inventory.spec).catch(() => undefined),
      })),
    )
  ).flatMap(({ facts, ...host }) => (facts === undefined ? [] : [{ ...host, facts }]));
  const access = accessThrough(fresh, { inventory, signal, mayReadKeys: true });
  try {
    const evidence = await evidenceOf({ inventory, live: fresh, lost, access });
    const concerned = diagnose(evidence).filter(
      ({ severity, until }) => severity !== 'note' && (until === undefined || !notReached.includes(until)),
    );
    const near = ({ host }: { readonly host?: string }): number =>
      host === undefined || failed.includes(host) ? 0 : 1;
    const ordered = [...concerned].sort(
      (a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error') || near(a) - near(b),
    );
    for (const { host, cause, severity, found, next } of ordered.slice(0, MAX_FINDINGS)) {
      if (severity === 'note') continue;
      emit({ type: 'finding', ...defined({ host }), cause, severity, found: withoutTold(found, told), next });
    }
  } catch {
    // The failure itself is told in any case.
  } finally {
    access?.close();
  }
}

/** A line of a log that the failure's own lines show already is not said a second time. */
export function withoutTold(found: string, told: readonly string[]): string {
  for (let at = found.indexOf(': '); at >= 0; at = found.indexOf(': ', at + 2)) {
    const rest = found.slice(at + 2);
    if (rest.length > 20 && told.some((each) => each.includes(rest))) return found.slice(0, at);
  }
  return found;
}
