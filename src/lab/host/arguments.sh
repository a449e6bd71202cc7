# shellcheck shell=sh
# The arguments of a script that runs a host, taken from "$@": $folder of the host, $layers below its disk, and $groups, its control
# groups. What is left in "$@" is the program.

# shellcheck disable=SC2034
folder=$1 layers=$2
shift 2
groups=
while [ "$1" != -- ]; do
  groups="$groups $1"
  shift
done
shift

# enter LEAF: this process enters the host's control groups. On cgroup v2 only leaves hold processes.
enter() {
  for group in $groups; do
    if [ -e "$group/cgroup.subtree_control" ]; then
      group=$group/$1
      mkdir -p "$group"
    fi
    # 0 is the process that writes.
    echo 0 > "$group/cgroup.procs"
  done
}
