# shellcheck shell=sh
# guarded COMMAND...: runs it while nobody else looks at the lock or changes it. "guarded" holds one open file, FOLDER/guard.
# now: sets NOW to the host's uptime in seconds. Not the time of day: kinit itself may set the clock while the lock is held.

guarded() {
  (
    if ! flock -w 10 9; then
      echo "another process holds $FOLDER/guard" >&2
      exit 1
    fi
    "$@"
  ) 9>> "$FOLDER/guard"
}

now() {
  read -r NOW _ < /proc/uptime
  NOW=${NOW%%.*}
}
