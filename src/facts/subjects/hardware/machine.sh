# shellcheck shell=sh
# Names and identities of the machine and its kernel, as lines KEY=VALUE.

# first KEY FILE: the first line of a file.
first() { read -r value < "$2" && echo "$1=$value"; }

echo "arch=$(uname -m)"
first kernel /proc/sys/kernel/osrelease || exit 1
first hostname /proc/sys/kernel/hostname
# A container sees the firmware of the machine it runs on; that UUID is not its own.
[ -e /run/systemd/container ] || first uuid /sys/class/dmi/id/product_uuid || first uuid /sys/devices/virtual/dmi/id/product_uuid
first machine_id /etc/machine-id
first kernel_move /var/lib/kinit/kernel-move
first boot_id /proc/sys/kernel/random/boot_id || exit 1
if [ -d /run/systemd/system ]; then echo init=systemd; else first init /proc/1/comm; fi
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo cgroup=2; fi
# CAP_SYS_RESOURCE is bit 24: without it, as on hosts that are containers, nothing is made harder to kill.
while read -r key value; do
  [ "$key" != CapEff: ] || case "$value" in ?????????[02468ace]??????) echo sys_resource=no ;; esac
done < /proc/self/status
