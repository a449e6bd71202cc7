import { oneLine } from '../terminal/clean.js';
import { cutMiddle, readable } from '../../model/text/evidence.js';
import { defined } from '../../model/defined.js';
import type { KinitEvent } from '../../model/event.js';
import type { Renderer, RendererOptions } from './types.js';
import { hostList } from './host-list.js';
import { checkLine, count, duration } from './text.js';

/** Lines for a log: 'HH:MM:SS host phase text'. What needed no change is only told when verbose. */
export function plainRenderer(
  { output, verbose, paint }: Pick<RendererOptions, 'output' | 'verbose' | 'paint'>,
  now: () => Date = () => new Date(),
): Renderer {
  let hostWidth = 1;
  let phaseWidth = 1;
  const write = ({ host = '-', phase = '-', text, level }: Line) => {
    const colour = level === 'error' ? paint.red : level === 'warning' ? paint.yellow : (same: string) => same;
    const prefix = `${paint.dim(clock(now()))} ${host.padEnd(hostWidth)} ${paint.cyan(phase.padEnd(phaseWidth))}`;
    output.write(`${prefix} ${colour(verbose ? oneLine(text) : cutMiddle(readable(oneLine(text))))}\n`);
  };
  const emit = (event: KinitEvent) => {
    if (event.type === 'run-started') {
      hostWidth = widest(event.hosts);
      phaseWidth = widest(event.phases.map(({ id }) => id));
    }
    const line = toLine(event, verbose);
    if (line === undefined) return;
    write(line);
    if (event.type === 'change-planned')
      for (const sent of event.sends ?? []) write({ host: event.host, phase: event.phase, text: `sends: ${sent}` });
  };
  return { emit, finish: () => Promise.resolve() };
}

interface Line {
  readonly host?: string;
  readonly phase?: string;
  readonly text: string;
  readonly level?: 'error' | 'warning';
}

/** One event in words; undefined for what a reader of a log can do without. */
export function toLine(event: KinitEvent, verbose: boolean): Line | undefined {
  switch (event.type) {
    case 'run-started':
      return { text: `${event.command}: ${count(event.hosts.length, 'host')} (${hostList(event.hosts)})` };
    case 'host-connected':
      return { host: event.host, text: `connected: ${event.description}` };
    case 'phase-started':
      return verbose ? { host: event.host, phase: event.phase, text: event.title } : undefined;
    case 'phase-waiting':
      return { host: event.host, phase: event.phase, text: `waiting for ${event.for}` };
    case 'progress':
      return { ...placeOf(event), text: event.text };
    case 'change-planned':
      return verbose
        ? { host: event.host, phase: event.phase, text: `would ${event.change.summary} (${event.change.reason})` }
        : undefined;
    case 'change-applied':
      return {
        host: event.host,
        phase: event.phase,
        text: verbose ? `${event.change.summary} (${event.change.reason})` : event.change.summary,
      };
    case 'phase-finished':
      if (event.changes === 0 && !verbose) return undefined;
      return { host: event.host, phase: event.phase, text: phaseResult(event) };
    case 'phase-failed':
      return { host: event.host, phase: event.phase, text: `FAILED: ${event.message}`, level: 'error' };
    case 'check':
      return checkResult(event, verbose);
    case 'warning':
      return { ...placeOf(event), text: `warning: ${event.text}`, level: 'warning' };
    case 'finding':
      return {
        ...placeOf(event),
        text: `${event.severity === 'error' ? 'cause' : 'warning'}: ${event.found} [${event.cause}]`,
        level: event.severity,
      };
    case 'host-finished':
      return { host: event.host, text: `finished: ${count(event.changes, 'change')} in ${duration(event.seconds)}` };
    case 'run-finished':
      return {
        text: `${event.failedHosts.length === 0 ? 'done' : `failed on ${hostList(event.failedHosts)}`}: ${count(event.changes, 'change')} in ${duration(event.seconds)}`,
      };
  }
}

function placeOf({ host, phase }: { readonly host?: string; readonly phase?: string }): {
  host?: string;
  phase?: string;
} {
  return defined({ host, phase });
}

function phaseResult(event: Extract<KinitEvent, { type: 'phase-finished' }>): string {
  const outcome =
    event.changes === 0
      ? `nothing to do${event.reason === undefined ? '' : `: ${event.reason}`}`
      : count(event.changes, 'change');
  return `${outcome} (${duration(event.seconds)}, ${count(event.roundTrips, 'round trip')})`;
}

function checkResult({ host, check }: Extract<KinitEvent, { type: 'check' }>, verbose: boolean): Line | undefined {
  if ((check.status === 'ok' || check.status === 'ignored') && !verbose) return undefined;
  const level = check.status === 'error' || check.status === 'warning' ? { level: check.status } : {};
  return {
    host,
    phase: 'preflight',
    text: `${check.status}: ${checkLine(check)}${check.hint === undefined ? '' : `. ${check.hint}`}`,
    ...level,
  };
}

function clock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function widest(words: readonly string[]): number {
  return Math.max(1, ...words.map((word) => word.length));
}
