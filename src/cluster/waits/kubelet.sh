# shellcheck shell=sh
# The kubelet's state and when it became active, and the time of now, as KEY=VALUE; then the host's uptime in seconds.

systemctl show -p ActiveState -p ActiveEnterTimestampMonotonic kubelet
printf 'now=%s\n' "$(date +%s)"
cut -d' ' -f1 /proc/uptime
