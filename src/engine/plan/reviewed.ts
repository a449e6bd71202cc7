import { asKinitError, KinitError } from '../../model/error.js';
import type { PlanContent } from '../../model/plan.js';
import type { Masks } from './masks.js';
import type { Observed } from '../change/observe.js';
import { planDifferences, staleError } from './compare.js';
import { plannedId, wantedDigest } from './content.js';
import type { PlanTwins } from './twins.js';
import type { HostsOutcome } from '../run/outcome.js';
import { readMark, writeMark, type MarkFile } from '../session/mark.js';
import type { LiveHost } from '../session/session.js';

/** A plan that a person has reviewed. */
export interface ReviewedPlan {
  readonly content: PlanContent;
  readonly digest: string;
  /** Its name, for messages. */
  readonly file: string;
}

interface Deeds {
  /** What would be done now. */
  readonly look: () => Promise<HostsOutcome>;
  /** Does it. */
  readonly act: () => Promise<HostsOutcome>;
}

/** Looks at every host before anything is touched, and acts only when exactly what was reviewed would be done. */
export async function carryOutReviewed(
  { content, digest, file }: ReviewedPlan,
  live: readonly LiveHost[],
  { look, act }: Deeds,
): Promise<HostsOutcome> {
  const marks = (await Promise.all(live.map((host) => readMark(host, MARK)))).filter((mark) => mark?.what === digest);
  const seen = await look();
  const failed = [...seen.failures.values()][0];
  if (failed !== undefined) throw asKinitError(failed);
  const now = seen.plan;
  if (now === undefined) throw new KinitError('a dry run gave no plan', { class: 'internal' });
  const nothing = now.hosts.every(({ changes }) => changes.length === 0);
  const finished = marks.length > 0 && marks.every((mark) => mark?.state === 'finished');
  const lines = planDifferences(content, now, { resumed: finished ? nothing : marks.length > 0 });
  if (lines.length > 0) throw staleError(lines, file);
  const changed = live.filter(({ spec }) =>
    content.hosts.some(({ host, changes }) => host === spec.name && changes.length > 0),
  );
  await Promise.all(changed.map((host) => writeMark(host, MARK, { what: digest, state: 'started' })));
  const outcome = await act();
  if (outcome.failures.size === 0)
    await Promise.all(changed.map((host) => writeMark(host, MARK, { what: digest, state: 'finished' })));
  return outcome;
}

interface Permission {
  readonly host: string;
  readonly phase: string;
  readonly observed: readonly Observed[];
  readonly twins: PlanTwins;
}

/** @throws KinitError stale, where a change became necessary that nobody has reviewed. */
export function permitReviewed(
  { content, file }: ReviewedPlan,
  masks: Masks,
  { host, phase, observed, twins }: Permission,
): void {
  const planned = content.hosts.find((entry) => entry.host === host)?.changes ?? [];
  for (const { resource, difference } of observed) {
    if (!difference.changed) continue;
    const id = plannedId(resource, masks);
    // Where several phases have the same wish, it stands in the plan once.
    const matches = planned.filter((change) => change.resource === id);
    const wanted = wantedDigest(twins.asPlanned(phase, resource), masks);
    if (matches.some((change) => change.wanted === wanted)) continue;
    throw new KinitError(`a change is needed that was not reviewed: ${difference.change.summary}`, {
      class: 'stale',
      host,
      phase,
      tried: `carrying out ${file}`,
      found: `${matches.length === 0 ? 'not in the plan' : 'what would be written is not what was reviewed'}: ${difference.change.reason}`,
      hint: 'This host stops here; what was reviewed and came before is done. Make a new plan and review it: kinit plan --out FILE; then kinit apply FILE.',
    });
  }
}

/** Of the last plan that was applied: an apply that was cut is known, and taken up, by it. */
const MARK: MarkFile = { name: 'plan', of: 'which plan is applied' };
