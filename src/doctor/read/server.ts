import type { HostEvidence } from '../evidence.js';
import { journal, type JournalLine } from './logs.js';

/** systemd's own lines: it begins a run, and it does that because the one before ended (the second form: systemd before 230). */
const BEGINS = /^Starting /;
const BY_ITSELF = /scheduled restart job|scheduling restart/i;
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
