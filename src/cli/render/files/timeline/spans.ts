import type { KinitEvent } from '../../../../model/event.js';

/** An event, and when it came: milliseconds since any moment. */
export interface Heard {
  readonly at: number;
  readonly event: KinitEvent;
}

/** What a host did, or waited for, from one moment of the run to another; in seconds from its begin. */
export interface Span {
  readonly host: string;
  /** A phase, or what is before the first: 'connect', then 'facts and checks'. */
  readonly phase: string;
  readonly kind: 'work' | 'wait';
  readonly from: number;
  readonly to: number;
  readonly changes?: number;
  readonly failed?: true;
  /** Of a wait: for what. */
  readonly for?: string;
}

/** Seconds from which on a pause between two phases of a host is told: it waited for a place among the hosts that are changed at once. */
const PAUSE = 0.5;

/** What happened on each host, in the order in which it ended. What had not ended with the run ends with it. */
export function spansOf(heard: readonly Heard[]): Span[] {
  const begin = heard[0]?.at ?? 0;
  const spans: Span[] = [];
  const open = new Map<string, Heard & { readonly event: { readonly type: 'phase-started' | 'phase-waiting' } }>();
  const ended = new Map<string, number>();
  const connected = new Map<string, number>();
  const seconds = (at: number): number => (at - begin) / 1000;
  const end = (host: string, at: number, more: Partial<Span> = {}): void => {
    const begun = open.get(host);
    if (begun === undefined) return;
    open.delete(host);
    ended.set(host, at);
    const { event } = begun;
    const span = { host, phase: event.phase, from: seconds(begun.at), to: seconds(at), ...more };
    spans.push(event.type === 'phase-waiting' ? { ...span, kind: 'wait', for: event.for } : { ...span, kind: 'work' });
  };
  /** Between the connection and the first phase the host is looked at, and all are compared. */
  const looked = (host: string, at: number): void => {
    const from = connected.get(host);
    connected.delete(host);
    if (from !== undefined && at > from)
      spans.push({ host, phase: 'facts and checks', kind: 'work', from: seconds(from), to: seconds(at) });
  };
  for (const { at, event } of heard) {
    switch (event.type) {
      case 'host-connected':
        spans.push({ host: event.host, phase: 'connect', kind: 'work', from: 0, to: seconds(at) });
        connected.set(event.host, at);
        break;
      case 'phase-waiting':
      case 'phase-started': {
        const { host, phase } = event;
        end(host, at);
        looked(host, at);
        const before = ended.get(host);
        if (before !== undefined && at - before >= PAUSE * 1000)
          spans.push({ host, phase, kind: 'wait', from: seconds(before), to: seconds(at), for: 'others' });
        open.set(host, { at, event });
        break;
      }
      case 'phase-finished':
        end(event.host, at, { changes: event.changes });
        break;
      case 'phase-failed':
        if (open.has(event.host)) end(event.host, at, { failed: true });
        else
          // Of a host that was not at work: given up by another, or never connected.
          spans.push({
            ...({ host: event.host, phase: event.phase, kind: 'work', failed: true } as const),
            from: seconds(ended.get(event.host) ?? begin),
            to: seconds(at),
          });
        break;
      default:
        break;
    }
  }
  const last = heard.at(-1)?.at ?? begin;
  for (const host of [...open.keys()]) end(host, last);
  return spans;
}

/** A barrier opens a moment after the last one is through. */
const SLACK = 0.05;

/**
 * What the run's length hangs on, from its begin to its end: from what ended last backwards, each time to what that could not begin
 * before. A host that waited was let go by the work that ended last before its wait did; else it was busy itself.
 */
export function criticalPath(spans: readonly Span[]): Span[] {
  const work = spans.filter(({ kind }) => kind === 'work').sort((a, b) => a.to - b.to);
  const path: Span[] = [];
  let next = work.at(-1);
  while (next !== undefined && !path.includes(next)) {
    path.unshift(next);
    next = beforeOf(next, spans, work);
  }
  return path;
}

function beforeOf({ host, from }: Span, spans: readonly Span[], work: readonly Span[]): Span | undefined {
  const waited = spans.find((span) => span.kind === 'wait' && span.host === host && Math.abs(span.to - from) < SLACK);
  const earlier = work.filter(({ to, from: begun }) => to <= from + SLACK && begun < from);
  return earlier.filter((span) => (waited === undefined ? span.host === host : true)).at(-1) ?? earlier.at(-1);
}
