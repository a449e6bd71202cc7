# shellcheck shell=sh
# Ends everything that belongs to the session of a process: its children, and theirs, also when their parent is gone.
# $1 = process id; $2 = spare: the process itself and what it runs under live on; anything else: they end too.
# Prints nothing. What does not end by itself within a second is killed.

# read_process PID: sets ppid and sid, and fields to all that follows the name (which may hold anything, also brackets).
# shellcheck disable=SC2086
read_process() {
  read -r fields < "/proc/$1/stat" && fields=${fields##*) } && set -- $fields && ppid=$2 sid=$4
} 2> /dev/null

is_dead() { [ "$fields" = "${fields#[!Z]}" ]; }

read_process "$1" || exit 0
session=$sid
spared=' '
if [ "$2" = spare ]; then
  p=$1
  while [ "$p" -gt 1 ]; do
    spared="$spared$p "
    read_process "$p" || break
    p=$ppid
  done
fi

for signal in TERM KILL; do
  found=
  for folder in /proc/[0-9]*; do
    p=${folder#/proc/}
    case $spared in *" $p "*) continue ;; esac
    read_process "$p" && [ "$sid" = "$session" ] && ! is_dead || continue
    kill -s "$signal" "$p" 2> /dev/null && found=1
  done
  [ -n "$found" ] || break
  [ "$signal" = KILL ] || sleep 1
done
