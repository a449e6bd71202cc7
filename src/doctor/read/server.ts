import type { Evidence, HostEvidence } from '../evidence.js';
import { journal, type JournalLine } from './logs.js';
import { stateOf, type Unit } from './units.js';

/** systemd's own lines: it begins a run, and it does that because the one before ended (the second form: systemd before 230). */
const BEGINS = /^Starting /;
const BY_ITSELF = /scheduled restart job|scheduling restart/i;
const RECENT_SECONDS = 10 * 60;
/** Of one that runs: an end may be chance. */
const AGAIN_AND_AGAIN = 3;
const LAST_WORDS = /^(Error|panic|fatal error): /;

/** How the last runs of a control plane's service went. */
export interface ServerRuns {
  /** When systemd started it again by itself, since somebody did; in seconds by the host's clock. */
  readonly again: readonly number[];
  /** What the last run that ended said last. */
  readonly words?: string;
}

export function serverRuns(host: HostEvidence): ServerRuns {
  const lines = journal(host, 'server-last');
  const starts = lines.flatMap((line, at) => (line.by === 'systemd' && BEGINS.test(line.text) ? [at] : []));
  // Of the last two runs: the newest may have said nothing yet, and what was before them is over.
  const words = lines.slice(starts.at(-2) ?? 0).findLast(({ text }) => LAST_WORDS.test(text))?.text;
  return { again: startsByItself(lines), ...(words === undefined ? {} : { words: words.replace(/^Error: /, '') }) };
}

/** In which state a server is that shows that it ended by itself; undefined: nothing shows that. */
export function endedByItself(
  host: HostEvidence,
  server: Unit,
  { takenAt }: Pick<Evidence, 'takenAt'>,
): string | undefined {
  const { again } = serverRuns(host);
  if (server.active === 'active' && server.sub === 'running') {
    const now = (Date.parse(takenAt) + host.facts.clockOffsetMs) / 1000;
    const times = again.filter((at) => now - at < RECENT_SECONDS).length;
    return times < AGAIN_AND_AGAIN ? undefined : `${server.name} ended ${times} times within ten minutes`;
  }
  const startsFirst = ['activating', 'deactivating', 'reloading'].includes(server.active) && again.length === 0;
  return startsFirst && server.sub !== 'auto-restart' ? undefined : `${server.name} is ${stateOf(server)}`;
}

function startsByItself(lines: readonly JournalLine[]): readonly number[] {
  let again: number[] = [];
  let byItself = false;
  for (const { at, text } of lines.filter(({ by }) => by === 'systemd')) {
    if (BY_ITSELF.test(text)) byItself = true;
    if (!BEGINS.test(text)) continue;
    again = byItself ? [...again, at] : [];
    byItself = false;
  }
  return again;
}
