# shellcheck shell=sh
# "$@" = units. Prints the state of each on a line, in order, then 'ufw-enabled' where ufw itself is switched on: its
# service stays active when it is not.

systemctl is-active "$@"
if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then echo ufw-enabled; fi
