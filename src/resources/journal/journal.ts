import { createHash } from 'node:crypto';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

const RECORD = shellScript('./record.sh', import.meta.url);
const EACH = shellScript('./record-each.sh', import.meta.url);
const RECORDED = shellScript('./recorded.sh', import.meta.url);
const SYNC = shellScript('./sync.sh', import.meta.url);

export interface JournalEntry {
  /** Resource id; recorded once, so that what stands there is what was before kinit's first change. */
  readonly id: string;
  /** Kind of resource whose undo it is, and the version of what it keeps. */
  readonly kind: string;
  readonly version: number;
  /** JSON, for the kind's undo. No secrets. */
  readonly data: unknown;
  /** One line for people, as the change's summary. Holds no secret. */
  readonly summary: string;
  /** sh text that saves what is there into "$D". Runs under `sh -eu`. */
  readonly save?: string;
  /**
   * sh text that puts it back from "$D"; exit code 0 means done. Kept beside the data for a kinit that does not know the
   * kind or this version; any other makes its own from the data (renew.ts).
   */
  readonly restore: string;
}

/**
 * sh text that records entries under the state folder, each once per id; prints a line for each. Exit code 1: not all are recorded, so
 * the changes must not be made.
 */
export function journalSave(entries: readonly JournalEntry[], stateDir: string = STATE_DIR): string {
  return sh(RECORD, { args: entries.flatMap(wordsOf), env: { STATE: stateDir, EACH: EACH.text } });
}

function wordsOf({ id, kind, version, data, summary, restore, save = '' }: JournalEntry): readonly string[] {
  return [slug(id), id, oneLine(summary), restore, save, `${kind} ${String(version)}`, JSON.stringify(data)];
}

/** sh text that brings what was recorded in the last minutes onto the disk. */
export function journalSync(stateDir: string = STATE_DIR): string {
  return sh(SYNC, { args: [stateDir] });
}

/** sh text that prints, a line each, which of these ids are recorded, by their place among them. */
export function journalRecorded(ids: readonly string[], stateDir: string = STATE_DIR): string {
  return sh(RECORDED, { args: [stateDir, ...ids.map(slug)] });
}

/** Readable and unique: two ids that look the same after cleaning differ in the digest. */
export function slug(id: string): string {
  const readable = id.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
  return `${readable}-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
