# shellcheck shell=sh
# Undoes every entry, the newest first, each in a shell of its own with "$D" set to its folder. Prints lines
#   kinit-undo <ok|failed|note> <id in base64> <message>
# removes an entry once it is undone, and the whole state folder when none is left. Killed in the middle, it goes on
# where it was when run again: every restore.sh may run twice. Exit code 1 when an entry could not be undone.
#
# A restore.sh may append 'reload' or 'restart UNIT' lines to "$KINIT_LATER": carried out once, after the last entry,
# because a service that goes on running needs its old files back first.
#
# $1 = state folder
# $2 = slug of the entry that goes before all others
# KINIT_REMOVE_PACKAGES = 1: packages that kinit installed go too
# include: ../../shell/lib/host-path.sh

state=$1
journal=$state/journal
LC_ALL=C
KINIT_LATER=$state/later
export LC_ALL KINIT_LATER KINIT_REMOVE_PACKAGES
umask 077

say() { printf 'kinit-undo %s %s %s\n' "$1" "$2" "$3"; }

newest_first() {
  for entry in "$journal"/[0-9]*; do
    [ ! -e "$entry" ] || printf '%s\n' "${entry##*/}"
  done | sort -r
}

# The entry with this slug, then all others.
in_order() {
  names=$(newest_first)
  printf '%s\n' "$names" | grep -e "-$1\$"
  printf '%s\n' "$names" | grep -v -e "-$1\$"
}

undo() {
  entry=$journal/$1
  id=$(head -n 1 < "$entry/id" | tr -d '\n' | base64 -w0)
  summary=$(head -n 1 < "$entry/summary")
  D="$entry" timeout 1200 sh "$entry/restore.sh" > "$entry/.out" 2>&1 < /dev/null
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

reload_and_restart() {
  timeout 60 systemctl daemon-reload || true
  sed -n 's/^restart //p' "$KINIT_LATER" | sort -u | while read -r unit; do
    # A unit that is gone again was never the user's: kinit itself had started it when this was recorded.
    case "$(systemctl show -p LoadState -- "$unit" < /dev/null)" in *=not-found) continue ;; esac
    timeout 120 systemctl restart -- "$unit" < /dev/null > /dev/null 2>&1 ||
      say note "$(printf %s "service:$unit" | base64 -w0)" "$unit was running before kinit and could not be started again"
  done
}

[ -d "$state" ] || exit 0
rm -rf -- "$journal"/.new-* "$journal"/.done-*
failed=0
for name in $(in_order "$2"); do
  undo "$name"
done
[ ! -s "$KINIT_LATER" ] || reload_and_restart
rm -f -- "$KINIT_LATER"
[ "$failed" -eq 0 ] || exit 1
# A stop in the middle of this leaves a folder without entries, which the next replay removes.
rmdir -- "$journal" 2> /dev/null
[ -e "$journal" ] || rm -rf --one-file-system -- "$state"
exit 0
