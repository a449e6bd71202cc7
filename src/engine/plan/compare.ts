import { unifiedDiff } from '../../model/text/diff.js';
import { KinitError } from '../../model/error.js';
import type { PlanContent, PlannedChange, PlannedHost } from '../../model/plan.js';
import { SHOWN_DIGITS } from './masks.js';

/** Lines of differences that an error shows; the rest is counted. */
const MAX_LINES = 80;

interface CompareOptions {
  /** An apply of this very plan was cut before: what it has done already is no difference. */
  readonly resumed: boolean;
}

/**
 * How what is there now differs from what was reviewed, in lines for a person; none when the same would be done.
 * @param now the plan that would be made at this moment
 */
export function planDifferences(reviewed: PlanContent, now: PlanContent, options: CompareOptions): string[] {
  const lines: string[] = [];
  if (reviewed.kinit !== now.kinit)
    lines.push(`kinit: the plan was made by version ${reviewed.kinit}, this is ${now.kinit}`);
  const inventory = unifiedDiff(pretty(reviewed.spec), pretty(now.spec), 'inventory as reviewed', 'inventory now');
  if (inventory !== '') lines.push(...inventory.trimEnd().split('\n'));
  for (const host of now.hosts) {
    const then = reviewed.hosts.find((planned) => planned.host === host.host);
    lines.push(
      ...(then === undefined ? ['is no part of the plan'] : hostDifferences(then, host, options)).map(
        (line) => `${host.host}: ${line}`,
      ),
    );
  }
  for (const { host } of reviewed.hosts)
    if (!now.hosts.some((other) => other.host === host))
      lines.push(`${host}: does not answer, or is no longer in the inventory`);
  return lines;
}

/** The error that stops an apply before anything is touched. */
export function staleError(lines: readonly string[], file: string): KinitError {
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(`... and ${String(lines.length - shown.length)} more lines`);
  return new KinitError('this is no longer what was reviewed; nothing was touched', {
    class: 'stale',
    tried: `comparing the hosts with ${file}`,
    found: shown.join('\n'),
    hint: 'Make a new plan and review it: kinit plan --out FILE; then kinit apply FILE.',
  });
}

function hostDifferences(then: PlannedHost, now: PlannedHost, { resumed }: CompareOptions): string[] {
  const lines = Object.keys(now.machine).flatMap((name) => {
    const key = name as keyof PlannedHost['machine'];
    return then.machine[key] === now.machine[key]
      ? []
      : [
          `${key} is ${now.machine[key]}, was ${then.machine[key]}${key === 'machineId' ? ': another machine answers' : ''}`,
        ];
  });
  if (!resumed) lines.push(...pkiDifferences(then.pki, now.pki));
  const key = ({ phase, resource }: PlannedChange): string => `${phase} ${resource}`;
  const before = new Map(then.changes.map((change) => [key(change), change]));
  const after = new Map(now.changes.map((change) => [key(change), change]));
  for (const [id, change] of after) {
    const planned = before.get(id);
    if (planned === undefined)
      lines.push(
        `[${change.phase}] not in the plan, and now needed: ${change.summary} (${change.reason})`,
        ...diffLines(change.diff),
      );
    else lines.push(...changeDifferences(planned, change, resumed));
  }
  if (!resumed) {
    // What hung on a digest may turn out to be there already.
    for (const [id, change] of before)
      if (!after.has(id) && change.open !== true)
        lines.push(`[${change.phase}] in the plan, and no longer needed: ${change.summary}`);
  }
  return lines;
}

function pkiDifferences(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const paths = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  return paths.flatMap((path) => {
    const [before, after] = [then[path], now[path]];
    if (before === after) return [];
    if (before === undefined) return [`${path} was not there and is now`];
    return [
      after === undefined
        ? `${path} is gone`
        : `${path} is another one (sha256 ${after.slice(0, SHOWN_DIGITS)}, was ${before.slice(0, SHOWN_DIGITS)})`,
    ];
  });
}

function changeDifferences(planned: PlannedChange, now: PlannedChange, resumed: boolean): string[] {
  const place = `[${now.phase}] ${now.summary}`;
  if (planned.wanted !== now.wanted) {
    const words =
      planned.summary === now.summary
        ? 'what would be written is not what was reviewed'
        : `reviewed was: ${planned.summary}`;
    return [
      `${place}: ${words} (sha256 ${now.wanted.slice(0, SHOWN_DIGITS)}, was ${planned.wanted.slice(0, SHOWN_DIGITS)}; an artifact or a fact of the host has changed)`,
    ];
  }
  if (resumed) return [];
  // The digest is known by now, so the words are others; what is written is what was reviewed, and so is whether anything was there.
  if (planned.open === true && planned.action === now.action) return [];
  if (planned.reason !== now.reason || planned.action !== now.action || planned.summary !== now.summary)
    return [`${place}: found now: ${now.reason}; when it was reviewed: ${planned.reason}`];
  if ((planned.diff ?? '') === (now.diff ?? '')) return [];
  return [`${place}: what is there now differs from what was there; the change would now be:`, ...diffLines(now.diff)];
}

function diffLines(diff: string | undefined): string[] {
  return diff === undefined || diff === ''
    ? []
    : diff
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`);
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
