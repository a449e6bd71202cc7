# shellcheck shell=sh
# First process of a host. On cgroup v1, and for /proc/sys, nspawn leaves mounts read-only that a real machine has
# read-write; kubelet and systemd need them. Then the network, so that no network service has to run.
# "$1" = address/prefix, "$2" = gateway, "$3" = MTU, "$4" = memory in MiB.

awk '$5 ~ "^/sys/fs/cgroup" { print $5 }' /proc/self/mountinfo |
  while read -r mount; do mount -o remount,bind,rw "$mount"; done
mount -o remount,bind,rw /proc/sys
mount --make-rshared /

# free and the kubelet shall see the host's memory, not the machine's.
awk -v limit="$(($4 * 1024))" '
  function line(name, value) { printf "%-16s%8d kB\n", name, value }
  $1 == "MemTotal:" { if ($2 < limit) limit = $2; line($1, limit); next }
  $1 == "MemFree:" || $1 == "MemAvailable:" { line($1, $2 < limit * 0.9 ? $2 : limit * 0.9); next }
  $1 ~ /^(Buffers|Cached|SReclaimable|Active|Inactive|Active\(.*|Inactive\(.*|Shmem|AnonPages|Mapped|Slab):$/ { line($1, 0); next }
  { print }' /proc/meminfo > /run/meminfo && mount --bind /run/meminfo /proc/meminfo

# The kubelet counts CPUs in sysfs, which shows those of the machine; on cgroup v1 it asks for all of them then, and ends where the host has
# fewer (cAdvisor: utils/sysfs IsCPUOnline).
if [ -e /sys/devices/system/cpu/online ]; then
  sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status > /run/cpus-online
  mount --bind /run/cpus-online /sys/devices/system/cpu/online
fi

# All hosts on one machine would show the same hardware id.
if [ -e /sys/class/dmi/id/product_uuid ]; then
  sed 's/\(........\)\(....\)\(....\)\(....\)/\1-\2-\3-\4-/' /etc/machine-id > /run/product_uuid
  mount --bind /run/product_uuid /sys/class/dmi/id/product_uuid
fi

ip link set lo up
ip link set host0 mtu "$3" up
ip address add "$1" dev host0
ip route add default via "$2"
exec /lib/systemd/systemd
