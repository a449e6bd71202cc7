import { oneLine } from '../../terminal/clean.js';
import type { KinitEvent } from '../../../model/event.js';
import { groupBy } from '../../../model/once.js';
import { hostList } from '../host-list.js';
import { groupAlike } from '../tables/grouped.js';
import { checkLine, count, duration } from '../text.js';

/** One host as the live display shows it. */
interface HostRow {
  readonly text: string;
  readonly output: string;
  /** Why it failed; absent while it has not. */
  readonly failed?: string;
  /** It is through with what the run does on it. */
  readonly through?: true;
}

export interface RunState {
  readonly see: (event: KinitEvent) => void;
  readonly title: () => string;
  readonly output: () => string;
  readonly hostTitle: (host: string) => string;
  readonly hostOutput: (host: string) => string;
  /** What to show of a host, or the run, that is not through; undefined where it is. */
  readonly hostFailed: (host: string) => string | undefined;
  readonly failed: () => string | undefined;
  /** How many hosts are where, a line each, for a terminal with less rows than hosts: at most so many lines. */
  readonly crowd: (rows: number) => string;
  /** Warnings and failed checks, to be read after the display is gone; what several hosts have in common is one. */
  readonly notes: () => readonly string[];
}

/** What the live display says, worked out from events alone. Times in milliseconds. */
export function runState(start: Extract<KinitEvent, { type: 'run-started' }>, now: () => number): RunState {
  const began = now();
  const width = Math.max(...start.hosts.map((host) => host.length), 1);
  const titles = new Map(start.phases.map(({ id, title }) => [id, title]));
  const rows = new Map<string, HostRow>(start.hosts.map((host) => [host, { text: 'connecting', output: '' }]));
  /** What each host is in, in words that many may have in common. */
  const stands = new Map<string, string>();
  const notes: { readonly host: string | undefined; readonly text: string }[] = [];
  let output = '';
  let finished: Extract<KinitEvent, { type: 'run-finished' }> | undefined;
  const row = (host: string): HostRow => rows.get(host) ?? { text: '', output: '' };
  const set = (host: string | undefined, change: Partial<HostRow>) => {
    if (host === undefined) output = oneLine(change.output ?? output);
    else rows.set(host, { ...row(host), ...change });
  };
  const title = () => `${start.command}  ${count(start.hosts.length, 'host')}  ${duration((now() - began) / 1000)}`;
  return {
    see: (event) => {
      if (event.type === 'run-finished') finished = event;
      // What was told before (artifacts, say) is over when hosts are worked on.
      if (event.type === 'phase-started') output = '';
      if (event.type === 'warning') notes.push({ host: event.host, text: `warning: ${event.text}` });
      if (event.type === 'check' && (event.check.status === 'warning' || event.check.status === 'error')) {
        const { status, hint } = event.check;
        notes.push({
          host: event.host,
          text: `${status}: ${checkLine(event.check)}${hint === undefined ? '' : `. ${hint}`}`,
        });
      }
      if (event.type === 'check' && event.check.status === 'error')
        set(event.host, { failed: event.check.found, text: checkLine(event.check) });
      // Checks are all that `check` does.
      else if (event.type === 'check' && start.command === 'check') set(event.host, { through: true });
      if (event.type === 'host-connected') stands.set(event.host, 'connected');
      if (event.type === 'phase-started') stands.set(event.host, event.title);
      if (event.type === 'phase-waiting') stands.set(event.host, titles.get(event.phase) ?? event.phase);
      apply(event, set, titles);
    },
    title,
    output: () => (finished === undefined ? output : ''),
    hostTitle: (host) => oneLine(`${host.padEnd(width)}  ${row(host).text}`),
    hostOutput: (host) => oneLine(row(host).output),
    hostFailed: (host) => {
      // A run may end before any host is begun with, also without a word of its own: none of them failed, and none is through.
      const { failed, through = false } = row(host);
      const good = failed === undefined && (finished === undefined ? through : !finished.failedHosts.includes(host));
      return good ? undefined : oneLine(`${host.padEnd(width)}  ${row(host).text}`);
    },
    failed: () => {
      if (finished === undefined && start.hosts.some((host) => row(host).through !== true)) {
        const hosts = start.hosts.filter((host) => row(host).failed !== undefined);
        return `${title()}: ${hosts.length === 0 ? 'ended before it was through' : `failed on ${hostList(hosts)}`}`;
      }
      const hosts = finished?.failedHosts ?? [];
      return hosts.length === 0 ? undefined : `${title()}: failed on ${hostList(hosts)}`;
    },
    crowd: (most) => {
      const places = groupBy(start.hosts, (host) => {
        const { failed, through } = row(host);
        return [failed !== undefined ? 'failed' : through === true ? 'done' : (stands.get(host) ?? 'connecting')];
      });
      const order = ['failed', 'done', ...[...titles.values()].reverse(), 'connected', 'connecting'];
      const sorted = [...places].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
      const shown = sorted.length > most ? sorted.slice(0, most - 1) : sorted;
      const more = sorted.slice(shown.length).flatMap(([, hosts]) => hosts);
      return [...shown, ...(more.length === 0 ? [] : [['elsewhere', more] as const])]
        .map(([place, hosts]) => oneLine(`${place}: ${countOrNames(place, hosts)}`))
        .join('\n');
    },
    notes: () =>
      groupAlike(
        notes,
        ({ text }) => text,
        ({ host }) => host,
      ).map(({ first: { text }, hosts }) => (hosts.length === 0 ? text : `${hostList(hosts)}: ${text}`)),
  };
}

/** Where only a few are, or something is wrong, a person wants to know which. */
function countOrNames(place: string, hosts: readonly string[]): string {
  const named = place === 'failed' || (place !== 'done' && hosts.length <= FEW);
  return named ? `${String(hosts.length)} (${hostList(hosts)})` : String(hosts.length);
}

const FEW = 3;

function apply(
  event: KinitEvent,
  set: (host: string | undefined, change: Partial<HostRow>) => void,
  titles: ReadonlyMap<string, string>,
): void {
  switch (event.type) {
    case 'host-connected':
      return set(event.host, { text: event.description, output: '' });
    case 'phase-started':
      return set(event.host, { text: event.title, output: '' });
    case 'phase-waiting':
      return set(event.host, {
        text: titles.get(event.phase) ?? event.phase,
        output: `waiting for ${titles.get(event.for) ?? event.for}`,
      });
    case 'progress':
      return set(event.host, { output: event.text });
    case 'change-applied':
      return set(event.host, { output: event.change.summary });
    case 'phase-failed':
      return set(event.host, {
        text: `FAILED: ${titles.get(event.phase) ?? event.phase}: ${event.message}`,
        failed: event.message,
        output: '',
      });
    case 'host-finished':
      return set(event.host, {
        text: `${event.changes === 0 ? 'nothing changed' : count(event.changes, 'change')} in ${duration(event.seconds)}`,
        output: '',
        ...(event.outcome === 'done' ? { through: true as const } : {}),
      });
    default:
      return undefined;
  }
}
