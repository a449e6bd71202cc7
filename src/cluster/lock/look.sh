# shellcheck shell=sh
# Who has the lock: prints 'held ID AGE SILENT' (seconds) and the holder's line, or nothing. Takes and makes nothing.
# FOLDER = where it lies, STALE = seconds without a sign of life after which it counts as left behind.
# include: ./guarded.sh
# include: ./is-held.sh

STEAL=
now
if is_held; then
  echo "held $HELD_BY $((NOW - SINCE)) $((NOW - BEAT))"
  printf '%s\n' "$LINE"
fi
