import { asKinitError, told, type ToldContext } from '../model/error.js';
import { cutMiddle, EVIDENCE_WIDTH, fewLines, readable } from '../model/text/evidence.js';
import { hostList } from './render/host-list.js';
import { clean, oneLine } from './terminal/clean.js';
import type { Paint } from './terminal/colour.js';

/** A failure as every renderer and --output json needs it. */
export interface Failure {
  readonly message: string;
  readonly error: ToldContext;
}

/** Anything thrown, as a failure. */
export function toFailure(thrown: unknown): Failure {
  const error = asKinitError(thrown);
  return { message: error.message, error: told(error) };
}

/**
 * Failures for a person, each host once: what failed and where, what was tried, what came back, what to do.
 * Failures alike in all but the host are told once, with the names of the hosts. Each is at most ten lines that a person can read;
 * the whole of it stands in --output json and in a JUnit report.
 */
export function renderFailures(failures: readonly Failure[], paint: Paint): string {
  return groupAlike(failures)
    .map(({ failure, hosts }) => renderFailure(failure, hosts, paint))
    .join('\n\n');
}

/** The line --output json prints for a failure that ended the run. */
export function failureEvent(failure: Failure, exitCode: number): object {
  return { type: 'error', message: clean(failure.message), exitCode, ...failure.error };
}

function renderFailure({ message, error }: Failure, hosts: readonly string[], paint: Paint): string {
  const place = [hostList(hosts), error.phase].filter((part) => part !== undefined && part !== '').join(', ');
  const head = `${paint.red('Error')}${place === '' ? '' : ` on ${paint.bold(place)}`}: ${cutMiddle(readable(oneLine(message)))}`;
  const fields = [
    field('tried', evidence(error.tried, MOST_LINES.tried)),
    field('found', evidence(error.found, MOST_LINES.found)),
    // Whole: commands stand in it.
    field('next', linesOf(error.hint)),
  ];
  return [head, ...fields.filter((text) => text !== undefined)].join('\n');
}

/** With the first line and two of advice at most ten. */
const MOST_LINES = { tried: 2, found: 5 } as const;
/** A line goes on below by itself in a terminal that is not so wide: a line break of ours would be copied with it. */
const WIDTH = 2 * EVIDENCE_WIDTH;

/** What programs said: cut where it is long. */
function evidence(value: string | undefined, most: number): readonly string[] {
  return fewLines(
    linesOf(value).map((line) => cutMiddle(readable(line), WIDTH)),
    most,
  );
}

function linesOf(value = ''): readonly string[] {
  return value.trim() === '' ? [] : clean(value).trimEnd().split('\n');
}

function field(name: string, lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  return lines.map((line, index) => `  ${(index === 0 ? `${name}:` : '').padEnd(7)}${line}`).join('\n');
}

function groupAlike(failures: readonly Failure[]): { failure: Failure; hosts: string[] }[] {
  const groups = new Map<string, { failure: Failure; hosts: string[] }>();
  for (const failure of failures) {
    const { host, ...rest } = failure.error;
    const key = JSON.stringify([failure.message, rest]);
    const group = groups.get(key) ?? { failure, hosts: [] };
    if (host !== undefined && !group.hosts.includes(host)) group.hosts.push(host);
    groups.set(key, group);
  }
  return [...groups.values()];
}
