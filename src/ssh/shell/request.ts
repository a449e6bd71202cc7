import { KinitError } from '../../model/error.js';
import type { CommandResult, RunOptions } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';
import type { Sink } from './frame.js';

/** Of the two that a shell answers on. */
export type Stream = 'stdout' | 'stderr';

/** A script that the root shell is asked to run, from when it is wanted until it is answered. */
export interface Request {
  readonly script: string;
  readonly options: RunOptions;
  readonly seconds: number;
  /** The bound is on silence: each line begins it anew. */
  readonly renewed: boolean;
  readonly label: string;
  readonly sinks: Readonly<Record<Stream, Sink>>;
  /** Streams whose end marker is still to come. */
  readonly open: Set<Stream>;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: KinitError) => void;
  timedOut: boolean;
  /** Number it was sent with. */
  id?: number;
  /** Process on the host in which it runs, once it has begun. */
  pid?: number;
  /** When it was sent, where nothing was before it: then its answer tells how long the way is. */
  alone?: number;
  timer?: NodeJS.Timeout;
}

export function notBegun(host: string, { label: tried }: Request): KinitError {
  return new KinitError(`a command on ${host} was not begun: what it follows had failed`, {
    class: 'change',
    host,
    tried,
  });
}

export function notInTime(host: string, request: Request): KinitError {
  const { renewed, seconds, label: tried } = request;
  return new KinitError(
    `a command on ${host} ${renewed ? 'said nothing for' : 'did not finish within'} ${seconds} s and was ended`,
    { class: 'timeout', host, tried, found: said(request) },
  );
}

/** The shell is gone, and the connection is not. */
export function shellGone(host: string, request: Request): KinitError {
  return new KinitError(`the root shell on ${host} ended while it ran a command`, {
    class: 'change',
    host,
    tried: request.label,
    found: said(request),
  });
}

function said({ sinks: { stdout, stderr } }: Request): string {
  return lastLines(`${stdout.text().trim()}\n${stderr.text().trim()}`, 10) || 'no output';
}
