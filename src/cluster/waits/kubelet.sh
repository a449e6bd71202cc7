# shellcheck shell=sh
# The kubelet's state and when it became active, as KEY=VALUE; then the host's uptime in seconds.

systemctl show -p ActiveState -p ActiveEnterTimestampMonotonic kubelet
cut -d' ' -f1 /proc/uptime
