import { asKinitError, told, type ToldContext } from '../model/error.js';
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
 * Failures alike in all but the host are told once, with the names of the hosts.
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
  const place = [hosts.join(', '), error.phase].filter((part) => part !== undefined && part !== '').join(', ');
  const head = `${paint.red('Error')}${place === '' ? '' : ` on ${paint.bold(place)}`}: ${oneLine(message)}`;
  const fields = [field('tried', error.tried), field('found', error.found), field('next', error.hint)];
  return [head, ...fields.filter((text) => text !== undefined)].join('\n');
}

function field(name: string, value: string | undefined): string | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const lines = clean(value).trimEnd().split('\n');
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
