# shellcheck shell=sh
# stop_pods SOCKET MONITOR: stops and removes every pod through the CRI; where that does not answer, ends what runs under the
# processes that watch the cluster's containers, by process id. Who includes it says which they are: is_monitor COMMAND_LINE.
# MONITOR is their name, for people. Ends with code 1 and says which containers still run.
# include: ../../shell/lib/host-path.sh

stop_pods() {
  if [ -S "$1" ] && command -v crictl > /dev/null; then
    remove_pods "$1" 120 || remove_pods "$1" 60
  fi
  kill_monitors "$2"
}

# Containers are killed first, as containerd does it by itself: CRI-O would give each the 30 s that its pod may take to end.
remove_pods() {
  containers=$(timeout "$2" crictl -r "unix://$1" -t 30s ps -q 2> /dev/null < /dev/null)
  # shellcheck disable=SC2086 # ids, a word each
  [ -z "$containers" ] || timeout "$2" crictl -r "unix://$1" -t 30s stop -t 0 $containers > /dev/null 2>&1 < /dev/null
  timeout "$2" crictl -r "unix://$1" -t 30s rmp -fa > /dev/null 2>&1 < /dev/null
}

# Process ids of what watches the cluster's containers.
monitors() {
  for process in /proc/[0-9]*; do
    command_line=$(tr '\000' ' ' 2> /dev/null < "$process/cmdline") || continue
    ! is_monitor "$command_line" || echo "${process#/proc/}"
  done
}

children() {
  awk -v parent="$1" '{ pid = $1; sub(/^.*\) /, ""); if ($2 == parent) print pid }' /proc/[0-9]*/stat 2> /dev/null
}

# A runtime that is killed while it froze a container leaves it so, and in control groups of version 1 what is frozen ends at no signal.
thaw_pods() {
  find /sys/fs/cgroup/freezer -path '*/kubepods*' -name freezer.state 2> /dev/null | while read -r state; do
    echo THAWED > "$state"
  done 2> /dev/null
}

# Again until none is left: a runtime that cleans up behind one starts another, and a busy machine takes its time to end one.
# shellcheck disable=SC2046 # children gives process ids, a word each
kill_monitors() {
  tries=0
  while
    left=$(monitors)
    [ -n "$left" ]
  do
    [ "$tries" -lt 60 ] || still_running "$1" "$left"
    tries=$((tries + 1))
    # A container's first process takes all others of its pid namespace along; then what watched it goes.
    for monitor in $left; do kill -9 $(children "$monitor") 2> /dev/null; done
    thaw_pods
    sleep 0.3
    for monitor in $left; do kill -9 $(children "$monitor") "$monitor" 2> /dev/null; done
    sleep 0.05
  done
}

still_running() {
  echo "containers still run: $1 $(printf '%s' "$2" | tr '\n' ' ')"
  exit 1
}
