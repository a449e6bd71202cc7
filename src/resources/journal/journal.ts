import { createHash } from 'node:crypto';
import { quote } from '../../shell/quote.js';
import { HOST_PATH, STATE_DIR, subshell } from '../../shell/statements.js';

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

/**
 * sh text that records one entry under <state>/journal/<number>-<slug>/ (id, summary, restore.sh and what `save` wrote).
 * It is made in a temporary folder and moved into place, so that an entry is there whole or not at all.
 * Does nothing when the id is recorded already. Exit code 1: nothing was recorded, so the change must not be made.
 */
export function journalSave(entry: JournalEntry, stateDir: string = STATE_DIR): string {
  return subshell(
    `J=${quote(`${stateDir}/journal`)}; SLUG=${quote(slug(entry.id))}`,
    'umask 077',
    `mkdir -p -- "$J" && chmod 700 ${quote(stateDir)} "$J" || exit 1`,
    'for E in "$J"/[0-9]*-"$SLUG"; do [ ! -e "$E" ] || exit 0; done',
    'N=000000; for E in "$J"/[0-9]*; do [ ! -e "$E" ] || { N=${E##*/}; N=${N%%-*}; }; done',
    'T=$(mktemp -d "$J/.new-XXXXXX") || exit 1',
    'trap \'rm -rf -- "$T"\' EXIT',
    `printf '%s\\n' ${quote(entry.id)} > "$T/id" && printf '%s\\n' ${quote(oneLine(entry.summary))} > "$T/summary" && printf '%s\\n' ${quote(entry.restore)} > "$T/restore.sh" || exit 1`,
    ...(entry.save === undefined
      ? []
      : [
          `D="$T" sh -eu -c ${quote(entry.save)} < /dev/null || { echo ${quote(`could not record what was there before: ${entry.id}`)} >&2; exit 1; }`,
        ]),
    // The leading 1 keeps the shell from reading 000008 as an octal number.
    'mv -T -- "$T" "$J/$(printf %06d $((1$N % 1000000 + 1)))-$SLUG"',
  );
}

/**
 * sh text that brings what was recorded in the last minutes onto the disk: a power cut must not leave an entry that is
 * there and empty, which reset would then put back. (By time of inode change: copies keep the time of their originals.)
 */
export function journalSync(stateDir: string = STATE_DIR): string {
  return `find ${quote(`${stateDir}/journal`)} -depth -cmin -10 -exec sync -- {} +`;
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

/**
 * sh text that undoes every entry, the newest first, each in a shell of its own with "$D" set. It prints lines
 *   kinit-undo <ok|failed|note> <id in base64> <message>
 * removes an entry once it is undone, and the whole state folder when none is left. Killed in the middle, it goes on
 * where it was when run again: every restore text may run twice. Exit code 1 when an entry could not be undone.
 *
 * Restore texts may append 'reload' or 'restart UNIT' lines to "$KINIT_LATER": carried out once, after the last entry,
 * because a service that goes on running needs its old files back first.
 */
export function journalReplay(options: { readonly removePackages: boolean }, stateDir: string = STATE_DIR): string {
  return subshell(
    `S=${quote(stateDir)}; J="$S/journal"; FAILED=0`,
    HOST_PATH,
    'LC_ALL=C; export LC_ALL; umask 077',
    `KINIT_REMOVE_PACKAGES=${options.removePackages ? '1' : '0'}; KINIT_LATER="$S/later"; export KINIT_REMOVE_PACKAGES KINIT_LATER`,
    '[ -d "$S" ] || exit 0',
    'say() { printf \'kinit-undo %s %s %s\\n\' "$1" "$2" "$3"; }',
    'rm -rf -- "$J"/.new-* "$J"/.done-*',
    'NAMES=$(ls -1r -- "$J" 2>/dev/null | grep "^[0-9]")',
    `for NAME in $(printf '%s\\n' "$NAMES" | grep -e ${quote(`-${slug(FIRST)}$`)}) $(printf '%s\\n' "$NAMES" | grep -v -e ${quote(`-${slug(FIRST)}$`)}); do`,
    '  E="$J/$NAME"; ID=$(head -n 1 < "$E/id" | tr -d "\\n" | base64 -w0); SUMMARY=$(head -n 1 < "$E/summary")',
    '  D="$E" timeout 1200 sh "$E/restore.sh" > "$E/.out" 2>&1 < /dev/null; CODE=$?',
    '  while IFS= read -r LINE || [ -n "$LINE" ]; do [ -z "$LINE" ] || say note "$ID" "$LINE"; done < "$E/.out"',
    '  if [ "$CODE" -eq 0 ]; then mv -T -- "$E" "$J/.done-$NAME" && rm -rf -- "$J/.done-$NAME"; say ok "$ID" "$SUMMARY"',
    '  else FAILED=1; LINE=$(tail -n 1 < "$E/.out"); say failed "$ID" "${LINE:-exit code $CODE}"; fi',
    'done',
    ...runLater,
    '[ "$FAILED" -eq 0 ] || exit 1',
    // A stop in the middle of this leaves a folder without entries, which the next replay removes.
    'rmdir -- "$J" 2>/dev/null; [ -e "$J" ] || rm -rf --one-file-system -- "$S"',
    'exit 0',
  );
}

const runLater = [
  'if [ -s "$KINIT_LATER" ]; then',
  '  timeout 60 systemctl daemon-reload || true',
  '  for UNIT in $(sed -n "s/^restart //p" "$KINIT_LATER" | sort -u); do',
  // A unit that is gone again was never the user's: kinit itself had started it when this was recorded.
  '    case "$(systemctl show -p LoadState -- "$UNIT")" in *=not-found) continue;; esac',
  '    timeout 120 systemctl restart -- "$UNIT" < /dev/null > /dev/null 2>&1 || say note "$(printf %s "service:$UNIT" | base64 -w0)" "$UNIT was running before kinit and could not be started again"',
  '  done',
  'fi',
  'rm -f -- "$KINIT_LATER"',
];

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
