# shellcheck shell=sh
# What takes systemd longest before the kubelet is started: done while the controller manager is waited for. Prints the
# host's clock. Exit codes are no matter: the start tells.
# "$@" = files that the kubelet shall make anew
# include: ../../facts/subjects/system/clock.sh

if [ $# -gt 0 ]; then rm -f -- "$@"; fi
systemctl daemon-reload
systemctl is-enabled --quiet kubelet || systemctl enable kubelet > /dev/null 2>&1
print_clock
