# shellcheck shell=sh
# Undoes every entry, or those that are named, the newest first, each in a shell of its own with "$D" set to its folder. Prints lines
#   kinit-undo <ok|failed|note|alive> <id in base64> <message>
# as things happen, removes an entry once it is undone, and the whole state folder when none is left. Killed in the
# middle, it goes on where it was when run again: every restore.sh may run twice. Exit code 1 when an entry could not be
# undone.
#
# A restore.sh may append 'reload' or 'restart UNIT' lines to "$KINIT_LATER": carried out once, after the last entry,
# because a service that goes on running needs its old files back first.
#
# $1 = state folder
# $2 = kind of the entries that go before all others
# $3 = seconds without a word after which an entry is ended
# $4 = seconds between two signs of life
# the others = names of entries; none: all
# KINIT_REMOVE_PACKAGES = 1: packages that kinit installed go too
# include: ../../shell/lib/host-path.sh

state=$1
journal=$state/journal
silence=$3
beat=$4
first=$2
shift 4
LC_ALL=C
KINIT_LATER=$state/later
export LC_ALL KINIT_LATER KINIT_REMOVE_PACKAGES
umask 077

say() { printf 'kinit-undo %s %s %s\n' "$1" "$2" "$3"; }

newest_first() {
  if [ $# -eq 0 ]; then
    for entry in "$journal"/[0-9]*; do
      set -- "$@" "${entry##*/}"
    done
  fi
  for name in "$@"; do
    [ ! -e "$journal/$name" ] || printf '%s\n' "$name"
  done | sort -r
}

# The entries of this kind, then all others.
in_order() {
  names=$(newest_first "$@")
  printf '%s\n' "$names" | grep -e "^[0-9]*-$first-"
  printf '%s\n' "$names" | grep -v -e "^[0-9]*-$first-"
}

undo() {
  entry=$journal/$1
  id=$(head -n 1 < "$entry/id" | tr -d '\n' | base64 -w0)
  summary=$(head -n 1 < "$entry/summary")
  : > "$entry/.out"
  run_entry
  code=$?
  while IFS= read -r line || [ -n "$line" ]; do
    [ -z "$line" ] || say note "$id" "$line"
  done < "$entry/.out"
  if [ "$code" -eq 0 ]; then
    # Renamed first: a stop in the middle of deleting must not leave half an entry.
    mv -T -- "$entry" "$journal/.done-$1" && rm -rf -- "$journal/.done-$1"
    say ok "$id" "$summary"
  else
    failed=1
    line=$(tail -n 1 < "$entry/.out")
    say failed "$id" "${line:-exit code $code}"
  fi
}

# `timeout 0` has no bound of its own; it makes a group of what runs, and ends it when it is told to: TERM, and after
# half a minute KILL.
run_entry() {
  D="$entry" timeout -k 30 0 sh "$entry/restore.sh" >> "$entry/.out" 2>&1 < /dev/null &
  work=$!
  watch "$work" &
  watcher=$!
  wait "$work"
  result=$?
  kill "$watcher" 2> /dev/null
  wait "$watcher" 2> /dev/null
  return "$result"
}

# watch PID: says that the entry goes on, and ends it when it has been silent for too long.
watch() {
  sleeper=
  trap 'kill $sleeper 2> /dev/null; exit 0' TERM
  age=0
  quiet=0
  size=0
  while :; do
    sleep "$beat" > /dev/null 2>&1 &
    sleeper=$!
    wait "$sleeper"
    # Nobody is left to end this where the replay itself was killed.
    kill -s 0 "$1" 2> /dev/null || exit 0
    age=$((age + beat))
    quiet=$((quiet + beat))
    now=$(wc -c < "$entry/.out")
    [ "$now" = "$size" ] || quiet=0
    size=$now
    say alive "$id" "$age s: $(tail -n 1 < "$entry/.out")"
    if [ "$quiet" -ge "$silence" ]; then
      echo "it said nothing for $silence s and was ended" >> "$entry/.out"
      kill "$1" 2> /dev/null
      silence=$((silence + 3600))
    fi
  done
}

reload_and_restart() {
  timeout 60 systemctl daemon-reload || true
  sed -n 's/^restart //p' "$KINIT_LATER" | sort -u | while read -r unit; do
    id=$(printf %s "service:$unit" | base64 -w0)
    say alive "$id" 'starting it again'
    # A unit that is gone again was never the user's: kinit itself had started it when this was recorded.
    case "$(systemctl show -p LoadState -- "$unit" < /dev/null)" in *=not-found) continue ;; esac
    timeout 120 systemctl restart -- "$unit" < /dev/null > /dev/null 2>&1 ||
      say note "$id" "$unit was running before kinit and could not be started again"
  done
}

[ -d "$state" ] || exit 0
rm -rf -- "$journal"/.new-* "$journal"/.done-*
failed=0
for name in $(in_order "$@"); do
  undo "$name"
done
[ ! -s "$KINIT_LATER" ] || reload_and_restart
rm -f -- "$KINIT_LATER"
[ "$failed" -eq 0 ] || exit 1
# A stop in the middle of this leaves a folder without entries, which the next replay removes.
rmdir -- "$journal" 2> /dev/null
[ -e "$journal" ] || rm -rf --one-file-system -- "$state"
exit 0
