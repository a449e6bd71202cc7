# shellcheck shell=sh
# What takes systemd longest before the kubelet is started: done while the controller manager is waited for. Prints the
# host's clock. Exit codes are no matter: the start tells.
# include: ../../facts/subjects/system/clock.sh

systemctl daemon-reload
systemctl is-enabled --quiet kubelet || systemctl enable kubelet > /dev/null 2>&1
print_clock
