# shellcheck shell=sh
# is_held: whether somebody has the lock in FOLDER who gave a sign of life within STALE seconds and is not STEAL; NOW is set.
# Sets HELD_BY, SINCE and BEAT (seconds of uptime), and LINE, which tells the owner.

is_held() {
  [ -s "$FOLDER/lock" ] || return 1
  {
    read -r HELD_BY SINCE
    # shellcheck disable=SC2034 # for whoever asked
    IFS= read -r LINE
  } < "$FOLDER/lock"
  read -r BEATING BEAT 2> /dev/null < "$FOLDER/beat" && [ "$BEATING" = "$HELD_BY" ] || BEAT=$SINCE
  [ "$STEAL" != "$HELD_BY" ] && [ "$STEAL" != any ] || return 1
  # After a reboot with a /run that was kept, a sign of life lies in the future.
  [ "$NOW" -ge "$BEAT" ] && [ $((NOW - BEAT)) -lt "$STALE" ]
}
