import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

const REPLAY = shellScript('./replay.sh', import.meta.url);

/** A line of a replay. */
export interface ReplayLine {
  /**
   * ok, failed: the entry is done with. note: something it printed, for example a mount it kept. alive: it goes on, with
   * its age and what it said last.
   */
  readonly status: 'ok' | 'failed' | 'note' | 'alive';
  readonly id: string;
  /** The entry's summary, or why it could not be undone, or what was said. */
  readonly message: string;
}

/**
 * What a running cluster left goes before everything else: pods that still run hold users, mounts and data folders
 * that other entries take away.
 */
const FIRST = 'traces';

/** Seconds without a word after which one entry is taken to hang and ended. What prints has no bound. */
export const ENTRY_SILENCE = 600;
/** Seconds between two signs of life of one entry. */
const BEAT = 5;

/**
 * sh text that undoes every entry, the newest first, and prints lines for parseReplay. May be stopped and run again.
 * With `only` it undoes entries of these names and no others.
 */
export function journalReplay(
  options: {
    readonly removePackages: boolean;
    readonly silence?: number;
    readonly beat?: number;
    readonly only?: readonly string[];
  },
  stateDir: string = STATE_DIR,
): string {
  const { removePackages, silence = ENTRY_SILENCE, beat = BEAT, only = [] } = options;
  return sh(REPLAY, {
    args: [stateDir, FIRST, String(silence), String(beat), ...only],
    env: { KINIT_REMOVE_PACKAGES: removePackages ? '1' : '0' },
  });
}

/** One line of a replay as data; undefined for lines of another form. */
export function parseReplay(line: string): ReplayLine | undefined {
  const [, status, id, message = ''] = /^kinit-undo (ok|failed|note|alive) (\S*) (.*)$/.exec(line) ?? [];
  if (status === undefined || id === undefined) return undefined;
  return { status: status as ReplayLine['status'], id: Buffer.from(id, 'base64').toString('utf8'), message };
}
