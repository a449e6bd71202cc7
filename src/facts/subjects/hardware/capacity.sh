# shellcheck shell=sh
# CPUs and memory, and every cgroup limit on them. Prints lines:
#   cpus N | MemTotal: N kB | memory BYTES|max | cpu QUOTA|max|-1 PERIOD

# memory_limit FILE
memory_limit() { [ -r "$1" ] && read -r value < "$1" && echo "memory $value"; }

# look FOLDER: the limits of one control group, of version 2 and of version 1.
look() {
  memory_limit "$1/memory.max"
  memory_limit "$1/memory.limit_in_bytes"
  [ -r "$1/cpu.max" ] && read -r value < "$1/cpu.max" && echo "cpu $value"
  [ -r "$1/cpu.cfs_quota_us" ] && read -r quota < "$1/cpu.cfs_quota_us" && read -r period < "$1/cpu.cfs_period_us" &&
    echo "cpu $quota $period"
}

echo "cpus $(nproc || grep -c ^processor /proc/cpuinfo)"
grep ^MemTotal: /proc/meminfo || exit 1
look /sys/fs/cgroup
look /sys/fs/cgroup/memory
look /sys/fs/cgroup/cpu
# From the control group of process 1 upwards.
while IFS=: read -r _ controllers path; do
  case ,$controllers, in
    ,,) base=/sys/fs/cgroup ;;
    *,memory,*) base=/sys/fs/cgroup/memory ;;
    *,cpu,*) base=/sys/fs/cgroup/cpu ;;
    *) continue ;;
  esac
  while [ -n "${path%/}" ]; do
    look "$base$path"
    path=${path%/*}
  done
done < /proc/1/cgroup
:
