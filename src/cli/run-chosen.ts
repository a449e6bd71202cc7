import { defined } from '../model/defined.js';
import { EXIT_CODES, asKinitError, type KinitError } from '../model/error.js';
import type { Chosen } from './arguments/command.js';
import { failureEvent, renderFailures, toFailure, type Failure } from './errors.js';
import { jsonLine } from './render/json.js';
import { newRecord, recording, type RunRecord } from './render/record.js';
import { createRenderer } from './render/renderer.js';
import { renderFinding } from './render/tables/doctor.js';
import { secretAsker } from './terminal/ask-secret.js';
import { clean } from './terminal/clean.js';
import { paintFor, type Paint } from './terminal/colour.js';
import { withInterrupt } from './terminal/ctrl-c.js';
import type { Io } from './terminal/io.js';
import type { Ui } from './terminal/ui.js';

/** Runs a command and prints what it says. Resolves to the exit code; never rejects. */
export async function runChosen({ command, options, printsValue, run }: Chosen, io: Io): Promise<number> {
  const json = options.output === 'json';
  const output = printsValue ? io.stderr : io.stdout;
  const renderer = createRenderer({
    io,
    output,
    format: json ? 'json' : 'text',
    verbose: options.verbose,
    paint: paintFor(io, output, options.color),
  });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= renderer.finish());
  const hold = renderer.hold ?? (() => () => undefined);
  const askSecret = secretAsker(io, hold);
  const ui: Ui = {
    ...defined({ askSecret }),
    hold,
    json,
    verbose: options.verbose,
    paint: paintFor(io, io.stdout, options.color),
    say: async (text) => {
      await close();
      if (!json) io.stdout.write(`${text}\n`);
    },
    result: async (value, text) => {
      await close();
      if (json)
        for (const line of Array.isArray(value) ? value : [{ type: 'result', command, result: value }])
          io.stdout.write(jsonLine(line));
      else if (text !== '') io.stdout.write(`${text}\n`);
    },
  };
  const record = newRecord();
  const emit = recording(record, renderer.emit);
  try {
    return await withInterrupt(
      emit,
      () => quitAtOnce(io),
      (signal) => run({ io, ui, emit, signal, command, record }),
    );
  } catch (thrown) {
    await close();
    // A gap to what was printed while it ran.
    if (!json && record.events > 0) io.stderr.write('\n');
    return report(thrown, record, { io, json, verbose: options.verbose, color: options.color });
  } finally {
    await close();
  }
}

export interface ReportOptions {
  readonly io: Io;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** The one place where a failure is printed. Gives its exit code. */
export function report(
  thrown: unknown,
  { failures, findings }: Pick<RunRecord, 'failures' | 'findings'>,
  { io, json, verbose, color }: ReportOptions,
): number {
  const error = asKinitError(thrown);
  const failure = toFailure(error);
  if (json) {
    io.stdout.write(jsonLine(failureEvent(failure, error.exitCode)));
  } else {
    const paint = paintFor(io, io.stderr, color);
    io.stderr.write(`${renderFailures(toTell(failure, failures), paint)}\n${renderCause(findings, paint)}`);
    if (verbose && error.context.class !== 'usage') io.stderr.write(`\n${clean(stackOf(error))}\n`);
  }
  return error.exitCode;
}

/** The failures of the hosts, each once, and the run's own error where it says more than they do. */
function toTell(failure: Failure, failures: readonly Failure[]): Failure[] {
  const real = failures.filter(({ error }) => error.class !== 'partial' && error.class !== 'interrupted');
  if (real.length === 0) return [failure];
  if (real.some(({ message }) => message === failure.message)) return [...real];
  // The hosts' own words stand above; a summary that repeats them as "found" would tell them twice.
  const { found: _found, ...rest } = failure.error;
  return [...real, failure.error.class === 'interrupted' ? failure : { message: failure.message, error: rest }];
}

/** The first cause in two lines; where to see the rest. */
function renderCause([first, ...more]: RunRecord['findings'], paint: Paint): string {
  if (first === undefined) return '';
  const rest = more.length === 0 ? '' : `, ${String(more.length)} more`;
  return `\n${renderFinding(first, first.host === undefined ? [] : [first.host], paint)}\n  more:  kinit doctor${rest === '' ? '' : ` (it sees${rest.slice(1)})`}; kinit doctor --bundle FILE keeps all that was seen\n`;
}

function stackOf(error: KinitError): string {
  const { cause } = error.context;
  return [error.stack, cause instanceof Error ? `caused by ${cause.stack ?? cause.message}` : undefined]
    .filter((text) => text !== undefined)
    .join('\n');
}

function quitAtOnce(io: Io): void {
  // The live display hides the cursor; it has no time left to show it again itself.
  if (io.stdout.isTTY === true) io.stdout.write('\u001b[?25h');
  process.exit(EXIT_CODES.interrupted);
}
