# shellcheck shell=sh
# Ends everything that belongs to the session of a process: its children, and theirs, also when their parent is gone.
# What is in a session of its own (package managers: see os/) is left alone.
# $1 = process id
# $2 = absent: the process itself ends too; else a child of it: only what runs while this child does is ended, and the
#      process and what it runs under live on
# Prints nothing. What does not end by itself within half a minute is killed.

# read_process PID: sets ppid, sid and started, and fields to all that follows the name (which may hold anything, also
# brackets).
# shellcheck disable=SC2086
read_process() {
  read -r fields < "/proc/$1/stat" && fields=${fields##*) } && set -- $fields && ppid=$2 sid=$4 && shift 19 && started=$1
} 2> /dev/null

is_dead() { [ "$fields" = "${fields#[!Z]}" ]; }

# Prints PID STARTED of all in the session that are to end.
members() {
  for folder in /proc/[0-9]*; do
    p=${folder#/proc/}
    case $spared in *" $p "*) continue ;; esac
    read_process "$p" && [ "$sid" = "$session" ] && ! is_dead || continue
    echo "$p $started"
  done
}

# signal_all SIGNAL: those of $found that are still the same; fails when there is none.
signal_all() {
  left=1
  while read -r p was; do
    read_process "$p" && [ "$started" = "$was" ] && ! is_dead || continue
    kill -s "$1" "$p" 2> /dev/null && left=0
  done << END
$found
END
  return "$left"
}

go_on() { kill -s CONT "$shell" 2> /dev/null; }

read_process "$1" || exit 0
shell=$1
session=$sid
spared=' '
if [ $# -gt 1 ]; then
  # Held, so that it cannot begin with what comes next while this looks and ends.
  trap go_on EXIT
  kill -s STOP "$shell" 2> /dev/null || exit 0
  read_process "$2" && [ "$ppid" = "$shell" ] && ! is_dead || exit 0
  p=$shell
  while [ "$p" -gt 1 ]; do
    spared="$spared$p "
    read_process "$p" || break
    p=$ppid
  done
fi

found=$(members)
signal_all TERM || exit 0
tenths=0
while [ "$tenths" -lt 300 ] && signal_all 0; do
  tenths=$((tenths + 1))
  sleep 0.1 || exit 1
done
# What they have begun since.
found=$(members)
signal_all KILL
