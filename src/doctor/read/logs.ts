import type { HostEvidence } from '../evidence.js';
import { isRunning } from './units.js';

/** systemd's own line in a unit's journal when it starts a new run. */
const STARTED = /^Started kubelet\.service/;
/** What a running kubelet said longer ago is no longer the state of things. */
const RECENT_SECONDS = 180;

/**
 * The kubelet's lines that speak of its present state: of its last run and not long ago where that goes on, of its last
 * two runs where it ends again and again (the newest may have said nothing yet). What was mended before is not among them.
 */
export function kubeletLines(host: HostEvidence): readonly string[] {
  const recent = journal(host, 'kubelet-log');
  const lines = recent.length > 0 ? recent : journal(host, 'kubelet-last');
  const starts = lines.flatMap(({ text }, index) => (STARTED.test(text) ? [index] : []));
  const running = isRunning(host, 'kubelet');
  const present = lines.slice((running ? starts.at(-1) : starts.at(-2)) ?? 0);
  const now = Number(/^now=(\d+)/m.exec(host.text['kubelet-log'] ?? '')?.[1] ?? 0);
  return present.filter(({ at }) => !running || now === 0 || now - at < RECENT_SECONDS).map(({ text }) => text);
}

/** A line as `journalctl -o short-unix` prints it: '1795274984.771142 node2 systemd[1]: text'. */
export interface JournalLine {
  /** In seconds. */
  readonly at: number;
  /** The program that said it. */
  readonly by: string;
  readonly text: string;
}

export function journal({ text }: HostEvidence, section: string): JournalLine[] {
  return (text[section] ?? '').split('\n').flatMap((line) => journalLine(line) ?? []);
}

function journalLine(line: string): JournalLine | undefined {
  const match = /^(\d+)\.\d+ \S+ ([^\s:[]+)[^\s:]*: (.*)$/.exec(line);
  return match === null ? undefined : { at: Number(match[1]), by: match[2] ?? '', text: match[3] ?? '' };
}

/** The last line of the kubelet that matches. */
export function kubeletSaid(host: HostEvidence, pattern: RegExp): string | undefined {
  return kubeletLines(host).findLast((line) => pattern.test(line));
}

export interface PodLog {
  /** Pod's name. */
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
  /** Times the container was started before. */
  readonly attempt: number;
  /** Telling lines, oldest first, without the runtime's head. */
  readonly lines: readonly { readonly at: number; readonly text: string }[];
}

/** Telling lines from the log files of system pods; the two newest files of each container. */
export function podLogs({ text }: HostEvidence): PodLog[] {
  return blocks(text['pod-logs'] ?? '').flatMap(({ title, lines }) => {
    const match = /^([^_/]+)_([^_/]+)_[^/]*\/([^/]+)\/(\d+)\.log$/.exec(title);
    if (match === null) return [];
    const [, namespace = '', pod = '', container = '', attempt = '0'] = match;
    return [{ namespace, pod, container, attempt: Number(attempt), lines: lines.map(logLine) }];
  });
}

/** Lines of a datastore's log that speak of a slow disk: of its pod, or of the unit whose process it is in. */
export function datastoreLines(host: HostEvidence, id: string): PodLog['lines'] {
  return linesOf(host, `${id}-log`).map((line) => {
    const ofUnit = journalLine(line);
    return ofUnit === undefined ? logLine(line) : { text: ofUnit.text, at: ofUnit.at * 1000 };
  });
}

/** '=== title' and the lines below it. */
export function blocks(text: string): { readonly title: string; readonly lines: string[] }[] {
  const found: { title: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const title = /^=== (.*)$/.exec(line)?.[1];
    if (title !== undefined) found.push({ title, lines: [] });
    else if (line !== '') found.at(-1)?.lines.push(line);
  }
  return found;
}

export function linesOf({ text }: HostEvidence, section: string): string[] {
  return (text[section] ?? '').split('\n').filter((line) => line.trim() !== '');
}

/** '2026-11-21T14:53:27.123456789Z stderr F text', the CRI's log format. */
function logLine(line: string): PodLog['lines'][number] {
  const match = /^(\d{4}-\d\d-\d\dT\S+) (?:stdout|stderr) [FP] (.*)$/.exec(line);
  return match === null ? { at: 0, text: line } : { at: Date.parse(match[1] ?? '') || 0, text: match[2] ?? '' };
}
