import { asKinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { looksAtOnce, mapLimit } from '../../model/limit.js';
import type { Renewal } from '../../pki/index.js';
import { readMark, writeMark, type Mark, type MarkFile } from '../session/mark.js';
import type { LiveHost } from '../session/session.js';
import type { HostsOutcome } from './outcome.js';
import type { HostsRun } from './pass.js';

/** What is done is since when, in seconds since 1970 by the clock of who signs. */
const MARK: MarkFile = { name: 'renewal', of: 'that its certificates are made anew' };
/** A run that was cut longer ago is not gone on with: all certificates are made anew then. */
const LONGEST_MS = 86_400_000;

interface Asked {
  readonly renewal: Renewal | undefined;
  /** Hosts were asked for that do not answer, or cannot be worked on. */
  readonly missing: boolean;
}

/**
 * A run that renews all certificates of the hosts asked for, once each: what a run that was cut has renewed stays, and that run is gone on with. Each
 * host remembers since when it is at that, until all of them are through.
 */
export async function renewing(
  run: HostsRun,
  { renewal, missing }: Asked,
  work: (run: HostsRun) => Promise<HostsOutcome>,
): Promise<HostsOutcome> {
  if (renewal !== 'all' || run.dryRun) return work(run);
  const hosts = run.live.filter(({ spec }) => run.selected.has(spec.name));
  const atOnce = looksAtOnce(run.inventory.spec);
  const now = new Date();
  const found = await mapLimit(
    hosts,
    atOnce,
    async (host) => [host.spec.name, await beginningOf(host, now, run.emit)] as const,
  );
  const begun = new Map(found);
  for (const [host, since] of begun)
    if (since !== now)
      run.emit({
        type: 'warning',
        host,
        text: `renewing all its certificates was begun at ${since.toISOString()} and did not come to its end: it is gone on with, and what was made since then stays`,
      });
  const outcome = await work({ ...run, renewalOf: (host) => renewalSince(begun.get(host), now) });
  if (missing || outcome.failures.size > 0) return outcome;
  await mapLimit(hosts, atOnce, (host) =>
    note(host, { what: inSeconds(begun.get(host.spec.name) ?? now), state: 'finished' }, run.emit),
  );
  return outcome;
}

function renewalSince(since: Date | undefined, now: Date): Renewal {
  if (since === undefined) return 'due';
  return since === now ? 'all' : { madeBefore: since };
}

/** Since when the certificates of a host are made anew, which it notes where it is since now. */
async function beginningOf(host: LiveHost, now: Date, emit: Emit): Promise<Date> {
  const mark = await readMark(host, MARK).catch(() => undefined);
  const since = new Date(Number(mark?.what) * 1000);
  const age = now.getTime() - since.getTime();
  if (mark?.state === 'started' && age >= 0 && age <= LONGEST_MS) return since;
  await note(host, { what: inSeconds(now), state: 'started' }, emit);
  return now;
}

/** A host that cannot note it holds up no other one: what is to be written there next says by itself what is wrong. */
async function note(host: LiveHost, mark: Mark, emit: Emit): Promise<void> {
  try {
    await writeMark(host, MARK, mark);
  } catch (thrown) {
    const { message, context } = asKinitError(thrown);
    const text = `${message}${context.found === undefined ? '' : ` (${context.found})`}: a renewal that is cut is not gone on with there as it should`;
    emit({ type: 'warning', host: host.spec.name, text });
  }
}

/** Whole ones, as certificates have them. */
const inSeconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));
