import { createHash } from 'node:crypto';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

const RECORD = shellScript('./record.sh', import.meta.url);
const SYNC = shellScript('./sync.sh', import.meta.url);
const REPLAY = shellScript('./replay.sh', import.meta.url);

export interface JournalEntry {
  /** Resource id; recorded once, so that what stands there is what was before kinit's first change. */
  readonly id: string;
  /** One line for people, as the change's summary. Holds no secret. */
  readonly summary: string;
  /** sh text that saves what is there into "$D". Runs under `sh -eu`. */
  readonly save?: string;
  /** sh text that puts it back from "$D". Runs in a shell of its own at reset; exit code 0 means done. */
  readonly restore: string;
}

/** sh text that records one entry under the state folder, once per id. Exit code 1: it is not recorded, so the change must not be made. */
export function journalSave({ id, summary, restore, save = '' }: JournalEntry, stateDir: string = STATE_DIR): string {
  return sh(RECORD, { args: [stateDir, slug(id), id, oneLine(summary), restore, save] });
}

/** sh text that brings what was recorded in the last minutes onto the disk. */
export function journalSync(stateDir: string = STATE_DIR): string {
  return sh(SYNC, { args: [stateDir] });
}

export interface ReplayLine {
  readonly ok: boolean;
  readonly id: string;
  /** The entry's summary, or why it could not be undone. */
  readonly message: string;
}

/**
 * What a running cluster left goes before everything else: pods that still run hold users, mounts and data folders
 * that other entries take away.
 */
const FIRST = 'traces';

/** sh text that undoes every entry, the newest first, and prints lines for parseReplay and parseReplayNote. May be stopped and run again. */
export function journalReplay(options: { readonly removePackages: boolean }, stateDir: string = STATE_DIR): string {
  return sh(REPLAY, {
    args: [stateDir, slug(FIRST)],
    env: { KINIT_REMOVE_PACKAGES: options.removePackages ? '1' : '0' },
  });
}

/** One line of a replay as data; undefined for lines of another form and for notes. */
export function parseReplay(line: string): ReplayLine | undefined {
  const found = parseLine(line);
  return found === undefined || found.status === 'note'
    ? undefined
    : { ok: found.status === 'ok', id: found.id, message: found.message };
}

/** A note of a replay: what an entry printed, for example a mount it kept or a rule it could not delete. */
export function parseReplayNote(line: string): { readonly id: string; readonly message: string } | undefined {
  const found = parseLine(line);
  return found?.status === 'note' ? { id: found.id, message: found.message } : undefined;
}

function parseLine(line: string): { status: string; id: string; message: string } | undefined {
  const [, status, id, message] = /^kinit-undo (ok|failed|note) (\S*) (.*)$/.exec(line) ?? [];
  if (status === undefined || id === undefined) return undefined;
  return { status, id: Buffer.from(id, 'base64').toString('utf8'), message: message ?? '' };
}

/** Readable and unique: two ids that look the same after cleaning differ in the digest. */
function slug(id: string): string {
  const readable = id.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
  return `${readable}-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
