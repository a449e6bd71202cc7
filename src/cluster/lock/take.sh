# shellcheck shell=sh
# Takes the lock when it is free, left behind (no sign of life for STALE seconds), or held by STEAL ('any': whoever it is).
# FOLDER = where it lies, ID = who wants it. Standard input: one line that tells the owner.
# Prints 'taken', or 'held ID AGE SILENT' (seconds) and the holder's line. flock makes looking and taking one act.
# include: ./guarded.sh
# include: ./is-held.sh

# look_and_take: ends with 7 where the lock was given back meanwhile, and its folder taken along.
look_and_take() {
  [ "$FOLDER/guard" -ef /proc/self/fd/9 ] || exit 7
  now
  if is_held; then
    echo "held $HELD_BY $((NOW - SINCE)) $((NOW - BEAT))"
    printf '%s\n' "$LINE"
  else
    printf '%s %s\n%s\n' "$ID" "$NOW" "$OWNER" > "$FOLDER/lock" &&
      printf '%s %s\n' "$ID" "$NOW" > "$FOLDER/beat" &&
      echo taken
  fi
}

umask 077
IFS= read -r OWNER
for _ in 1 2 3 4 5; do
  mkdir -p "$FOLDER" || exit 1
  guarded look_and_take
  CODE=$?
  # Once more, with the file that is there now.
  [ "$CODE" -eq 7 ] || exit "$CODE"
done
exit 1
