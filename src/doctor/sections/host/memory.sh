# shellcheck shell=sh
# Memory, what the cgroup of the host says of it, pressure (each line after cpu, memory or io), and programs that were killed.
# include: ../bounded.sh

head -n 5 /proc/meminfo
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  if [ -r "$file" ]; then cat "$file"; fi
done
for resource in cpu memory io; do sed "s/^/$resource /" "/proc/pressure/$resource"; done
said=$(in_time 5 journalctl --no-pager -q -o cat -t systemd --since=-15min) || exit 75
printf '%s\n' "$said" | grep -i 'OOM killer' | tail -n 5
