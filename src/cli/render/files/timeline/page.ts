import { groupBy } from '../../../../model/once.js';
import { count } from '../../text.js';
import { escapeHtml, htmlPage } from '../html.js';
import { criticalPath, spansOf, type Heard, type Span } from './spans.js';
import { STYLE } from './style.js';

/** Between two marks of the scale there is room for their words. */
const MARKS = 8;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
const ROW = 20;
/** A bar that is too thin to be seen is not there. */
const THINNEST = 0.15;
/** Seconds; what takes less is in the chart only. */
const SHORTEST = 0.05;

/**
 * Where the time of a run went, as one HTML page that needs nothing else: hosts are rows, phases bars, waits are marked, and what the
 * run's length hangs on is highlighted. Without scripts; words appear when a bar is pointed at.
 */
export function timelinePage(heard: readonly Heard[], command: string): string {
  const spans = spansOf(heard);
  // A thousand hosts have more of them than a call takes arguments.
  const length = spans.reduce((longest, { to }) => Math.max(longest, to), 0.001);
  const path = criticalPath(spans);
  const started = heard.flatMap(({ event }) => (event.type === 'run-started' ? [event] : []))[0];
  const titles = new Map((started?.phases ?? []).map(({ id, title }) => [id, title]));
  const hosts = started?.hosts ?? [...new Set(spans.map(({ host }) => host))];
  const onPath = new Set(path);
  const ofHost = groupBy(spans, ({ host }) => [host]);
  const title = `kinit ${command}`;
  const body = `<h1>${escapeHtml(title)}</h1>
<p>${inSeconds(length)}, ${count(hosts.length, 'host')}. <span class="key work">work</span> <span class="key wait">waits for others</span> <span class="key critical">what the length hangs on</span> <span class="key failed">failed</span></p>
<table>
<tr class="scale"><th></th><td><svg height="${String(ROW)}" role="presentation">${scale(length)}</svg></td></tr>
${hosts.map((host) => row(host, ofHost.get(host) ?? [], { length, onPath, titles })).join('\n')}
</table>
<h2>What the length hangs on</h2>
<p>From the last that ended backwards, each time to what it could not begin before. Making one of these faster makes the run shorter, until another way is the longest.</p>
<ol>
${path
  .filter((span) => lengthOf(span) >= SHORTEST)
  .map(
    (span) =>
      `<li><b>${escapeHtml(span.host)}</b> ${escapeHtml(titles.get(span.phase) ?? span.phase)}: ${inSeconds(span.to - span.from)}</li>`,
  )
  .join('\n')}
</ol>
<h2>Phases</h2>
${phaseTable(spans, titles)}`;
  return htmlPage({ title, style: STYLE, body });
}

interface Drawing {
  readonly length: number;
  readonly onPath: ReadonlySet<Span>;
  readonly titles: ReadonlyMap<string, string>;
}

function row(host: string, spans: readonly Span[], { length, onPath, titles }: Drawing): string {
  const bars = spans.map((span) => {
    const { kind, from, to, phase, failed, changes } = span;
    const classes = [kind, ...(onPath.has(span) ? ['critical'] : []), ...(failed === true ? ['failed'] : [])].join(' ');
    const width = Math.max(THINNEST, ((to - from) / length) * 100);
    const more =
      kind === 'wait' ? `waits for ${span.for ?? 'others'}` : changes === undefined ? '' : count(changes, 'change');
    const words = [titles.get(phase) ?? phase, `${inSeconds(to - from)}, from ${inSeconds(from)}`, more]
      .filter((word) => word !== '')
      .join('\n');
    return `<rect class="${classes}" x="${percent((from / length) * 100)}" width="${percent(width)}" y="2" height="${String(ROW - 4)}"><title>${escapeHtml(words)}</title></rect>`;
  });
  return `<tr><th scope="row">${escapeHtml(host)}</th><td><svg height="${String(ROW)}" role="img" aria-label="${escapeHtml(host)}">${bars.join('')}</svg></td></tr>`;
}

function scale(length: number): string {
  const step = STEPS.find((each) => length / each <= MARKS) ?? Math.ceil(length / MARKS / 600) * 600;
  const marks = Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
  return marks
    .map(
      (at) =>
        `<text x="${percent((at / length) * 100)}" y="14"${at > length * 0.95 ? ' text-anchor="end"' : ''}>${inSeconds(at)}</text>`,
    )
    .join('');
}

/** Of each phase the longest and the sum, the longest first: what to look at. */
function phaseTable(spans: readonly Span[], titles: ReadonlyMap<string, string>): string {
  const phases = [...groupBy(spans, ({ phase }) => [phase])].map(([phase, mine]) => {
    const [work, waits] = [mine.filter(({ kind }) => kind === 'work'), mine.filter(({ kind }) => kind === 'wait')];
    const longest = work.reduce<Span | undefined>(
      (most, span) => (most === undefined || lengthOf(span) > lengthOf(most) ? span : most),
      undefined,
    );
    return { phase, longest, sum: sumOf(work), waits: sumOf(waits) };
  });
  const rows = phases
    .sort((a, b) => lengthOf(b.longest) - lengthOf(a.longest))
    .map(
      ({ phase, longest, sum, waits }) =>
        `<tr><td>${escapeHtml(titles.get(phase) ?? phase)}</td><td class="number">${inSeconds(lengthOf(longest))}</td><td>${escapeHtml(longest?.host ?? '')}</td><td class="number">${inSeconds(sum)}</td><td class="number">${waits === 0 ? '' : inSeconds(waits)}</td></tr>`,
    );
  return `<table class="phases">
<thead><tr><th>Phase</th><th>Longest</th><th>on</th><th>All hosts together</th><th>Waits before it</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

const lengthOf = (span: Span | undefined): number => (span === undefined ? 0 : span.to - span.from);
const sumOf = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + lengthOf(span), 0);
const percent = (share: number): string => `${share.toFixed(2)}%`;

function inSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole >= 90
    ? `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`
    : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}
