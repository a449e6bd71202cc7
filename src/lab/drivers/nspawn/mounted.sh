# shellcheck shell=sh
# Runs a host in a mount namespace of its own, which ends with the host: whatever is killed, no mount stays. nspawn's folder
# under /run is covered for the same reason. On cgroup v2 only leaves hold processes, so this script and each boot have a
# leaf of their own.
# Arguments: see host/arguments.sh.

set -eu
# include: ../../host/arguments.sh

# On cgroup v2 nspawn puts the host into a child group, which is the root it sees: the limits shall be seen there too.
show_limits() {
  for group in $groups; do
    if [ ! -e "$group/memory.max" ]; then continue; fi
    tries=0
    until [ -e "$group/boot/payload/memory.max" ] || [ $tries = 100 ]; do
      sleep 0.1
      tries=$((tries + 1))
    done
    for file in memory.max memory.swap.max cpu.max cpuset.cpus; do
      cat "$group/$file" > "$group/boot/payload/$file" || true
    done
  done
}

enter launcher
if [ -e "$folder/disk.img" ]; then mount -o loop "$folder/disk.img" "$folder/disk"; fi
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/disk/upper,workdir=$folder/disk/work" "$folder/root"
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn

# nspawn exits with 133 when the host reboots (systemd-nspawn(1), --keep-unit).
code=133
while [ $code = 133 ]; do
  for group in $groups; do
    if [ -d "$group/boot" ]; then find "$group/boot" -depth -type d -exec rmdir {} ';'; fi
  done
  show_limits &
  code=0
  (
    enter boot
    exec "$@"
  ) || code=$?
done
exit $code
