import { quote } from '../../shell/quote.js';

/**
 * Takes the lock when it is free, left behind (no sign of life for `stale` seconds), or held by `steal` ('any': whoever it is).
 * Standard input: one line that tells the owner. Prints 'taken', or 'held ID AGE SILENT' and the holder's line.
 * flock makes looking and taking one act. Times are uptimes: kinit itself may set the clock while the lock is held.
 */
export function takeScript({
  id,
  stale,
  steal,
  folder,
}: {
  readonly id: string;
  readonly stale: number;
  readonly steal: string;
  readonly folder: string;
}): string {
  return [
    `D=${quote(folder)}; ID=${quote(id)}; STALE=${Math.floor(stale)}; STEAL=${quote(steal)}`,
    '(',
    'umask 077',
    'IFS= read -r OWNER',
    'for TRY in 1 2 3 4 5; do',
    'mkdir -p "$D" || exit 1',
    '(',
    'flock -w 10 9 || { echo "another process holds $D/guard" >&2; exit 1; }',
    // Whoever gave the lock back took the folder along while this one waited: once more, with the file that is there now.
    '[ "$D/guard" -ef /proc/self/fd/9 ] || exit 7',
    UPTIME,
    'if [ -s "$D/lock" ]; then',
    '  { read -r H SINCE; IFS= read -r LINE; } <"$D/lock"',
    '  read -r B BEAT 2>/dev/null <"$D/beat" && [ "$B" = "$H" ] || BEAT=$SINCE',
    // After a reboot with a /run that was kept, a sign of life lies in the future.
    '  if [ "$NOW" -ge "$BEAT" ] && [ $((NOW-BEAT)) -lt "$STALE" ] && [ "$STEAL" != "$H" ] && [ "$STEAL" != any ]; then',
    '    echo "held $H $((NOW-SINCE)) $((NOW-BEAT))"; printf "%s\\n" "$LINE"; exit 0',
    '  fi',
    'fi',
    'printf "%s %s\\n%s\\n" "$ID" "$NOW" "$OWNER" >"$D/lock" && printf "%s %s\\n" "$ID" "$NOW" >"$D/beat" && echo taken',
    ') 9>>"$D/guard"',
    'C=$?; [ "$C" -eq 7 ] || exit "$C"',
    'done',
    'exit 1',
    ')',
  ].join('\n');
}

/** Reads lines: each is a sign of life, 'release' ends. Ends with 3 when the lock is another's by now. On a cut connection the lock is left to run out. */
export function beatScript(id: string, folder: string): string {
  return [
    `D=${quote(folder)}; ID=${quote(id)}`,
    'while IFS= read -r W; do',
    '  (',
    '  flock -w 10 9 || exit 1',
    '  read -r H REST 2>/dev/null <"$D/lock" && [ "$H" = "$ID" ] || exit 3',
    '  if [ "$W" = release ]; then rm -f "$D/lock" "$D/beat" "$D/guard"; rmdir "$D" 2>/dev/null; exit 0; fi',
    `  ${UPTIME}`,
    '  printf "%s %s\\n" "$ID" "$NOW" >"$D/beat"',
    '  ) 9>>"$D/guard" || exit $?',
    '  [ "$W" != release ] || exit 0',
    'done',
    'exit 4',
  ].join('\n');
}

/** One sign of life. */
export function beatOnceScript(id: string, folder: string): string {
  return `printf 'beat\\n' | (\n${beatScript(id, folder)}\n)`;
}

/** Gives the lock back when it is still ours. */
export function forgetScript(id: string, folder: string): string {
  return `printf 'release\\n' | (\n${beatScript(id, folder)}\n)`;
}

const UPTIME = 'read -r NOW REST </proc/uptime; NOW=${NOW%%.*}';
